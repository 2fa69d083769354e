#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tilewright::workload {

/// A key of an operator.
struct Key {
  std::string_view name;
  std::int64_t by_default = -1;   ///< -1: must be given, or follow another
  std::string_view follows = {};  ///< key whose value it takes when left out
  std::int64_t least = 1;
  bool quiet = false;  ///< stands in texts only where it has not its default
};

/// Whole numbers by key. Every key of the operator has a value.
class Arguments {
 public:
  /// Reads "key=value,…" for `keys`. Errors: Error(bad_input) with `text`, the part, and what was expected.
  Arguments(std::string_view text, std::string_view list, const std::vector<Key>& keys);

  std::int64_t operator[](std::string_view key) const { return values_.at(std::string(key)); }
  /// "h=56,w=56": all keys in their order.
  std::string to_text() const;

 private:
  std::vector<Key> keys_;
  std::map<std::string, std::int64_t> values_;
};

}  // namespace tilewright::workload
