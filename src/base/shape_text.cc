#include "base/shape_text.h"

#include <fmt/ranges.h>

namespace tilewright {

std::string shape_text(std::span<const std::int64_t> shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

}  // namespace tilewright
