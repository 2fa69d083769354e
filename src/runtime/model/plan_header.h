#pragma once

#include <string>
#include <string_view>

#include "runtime/model/model.h"

namespace tilewright::runtime {

/// A plan as JSON: everything but the bytes of objects and constants, of which it gives the sizes, in order.
std::string header_of(const ModelPlan& plan);

/// Bytes that follow each other, each piece from a multiple of kSectionAlignment on.
class Sections {
 public:
  explicit Sections(std::string_view bytes) : bytes_(bytes) {}
  /// Errors: InternalError if fewer than `bytes` are left.
  std::string_view next(std::int64_t bytes);
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};
inline constexpr std::int64_t kSectionAlignment = 64;

/// What `header_of` and the sections were made of; constants look at `constants`. The parts may still contradict each
/// other (check_plan.h). Errors: an exception of the JSON library, InternalError.
ModelPlan plan_of(std::string_view header, Sections objects, Sections constants);

}  // namespace tilewright::runtime
