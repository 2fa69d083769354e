#include "measure/measurement.h"

#include <algorithm>

namespace tilewright::measure {

double Measurement::time_s() const {
  constexpr double kNever = 1e10;  // what TVM writes for a failed candidate
  if (error != ErrorKind::none || times_s.empty()) return kNever;
  std::vector<double> sorted = times_s;
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace tilewright::measure
