#include "driver/quantiles.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace tilewright::driver {

Quantiles quantiles(std::vector<double> times_s) {
  TW_CHECK(!times_s.empty());
  std::sort(times_s.begin(), times_s.end());
  const auto at = [&](double share) {
    const double position = share * static_cast<double>(times_s.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, times_s.size() - 1);
    return std::lerp(times_s[below], times_s[above], position - static_cast<double>(below));
  };
  return {at(0.5), at(0.95), times_s.front()};
}

}  // namespace tilewright::driver
