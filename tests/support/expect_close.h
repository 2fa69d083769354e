#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "te/interpreter.h"

namespace tilewright::testing {

/// The first element that differs by more than `tolerance` times the largest finite magnitude expected, as text.
inline std::optional<std::string> difference(const std::vector<te::Array>& actual,
                                             const std::vector<te::Array>& expected, double tolerance) {
  for (std::size_t o = 0; o < expected.size(); ++o) {
    double largest = 1;
    for (double v : expected[o].values)
      if (std::isfinite(v)) largest = std::max(largest, std::fabs(v));
    for (std::size_t i = 0; i < expected[o].values.size(); ++i) {
      const double a = actual[o].values[i], e = expected[o].values[i];
      if (a == e || (std::isnan(a) && std::isnan(e)) || std::fabs(a - e) <= tolerance * largest) continue;
      return fmt::format("output {} element {}: {} instead of {} (largest {}, tolerance {})", o, i, a, e, largest,
                         tolerance);
    }
  }
  return std::nullopt;
}

}  // namespace tilewright::testing
