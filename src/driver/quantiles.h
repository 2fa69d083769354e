#pragma once

#include <vector>

namespace tilewright::driver {

/// Statistics of run times, seconds.
struct Quantiles {
  double median_s = 0, p95_s = 0, min_s = 0;
};

/// Of at least one time. Between two values, interpolated linearly.
Quantiles quantiles(std::vector<double> times_s);

}  // namespace tilewright::driver
