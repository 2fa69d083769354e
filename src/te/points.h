#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tilewright::te {

/// Steps `point` through `shape` in row-major order; false, back at the start, after the last point.
inline bool next_point(std::vector<std::int64_t>& point, std::span<const std::int64_t> shape) {
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (++point[i] < shape[i]) return true;
    point[i] = 0;
  }
  return false;
}

}  // namespace tilewright::te
