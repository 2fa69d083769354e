#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "task/measurement.h"

namespace tilewright::measure {

/// What came of the machine code that was run for a task. Different schedules often compile to the same instructions:
/// loops of one iteration in another order, an annotation without effect.
class CodeDedupCache {
 public:
  /// What is known of the object; nothing if it was not run. `task`: its key.
  std::optional<task::Measurement> find(const std::string& task, std::string_view object) const;
  void add(const std::string& task, std::string_view object, const task::Measurement& measurement);

 private:
  using Key = std::tuple<std::string, std::uint64_t, std::size_t>;  ///< task, hash and size of the object
  static Key key(const std::string& task, std::string_view object);
  std::map<Key, task::Measurement> known_;
};

}  // namespace tilewright::measure
