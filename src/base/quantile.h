#pragma once

#include <utility>
#include <vector>

namespace tilewright {

/// What `share` (0 to 1) of the values, at least one, lie below. Between two values, interpolated linearly: of n sorted
/// ones, at the place share * (n - 1).
double quantile(std::vector<double> values, double share);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

}  // namespace tilewright
