#include "task/measurement.h"

#include <algorithm>

namespace tilewright::task {

double Measurement::time_s() const {
  constexpr double kNever = 1e10;  // what TVM writes for a failed candidate
  if (error != ErrorKind::none || times_s.empty()) return kNever;
  return *std::ranges::min_element(times_s);
}

}  // namespace tilewright::task
