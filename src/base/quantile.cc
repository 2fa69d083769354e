#include "base/quantile.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace tilewright {

double quantile(std::vector<double> values, double share) {
  TW_CHECK(!values.empty());
  std::ranges::sort(values);
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

}  // namespace tilewright
