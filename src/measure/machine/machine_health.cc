#include "measure/machine/machine_health.h"

#include <algorithm>
#include <vector>

namespace tilewright::measure {
namespace {

double middle(std::vector<double> values) {
  const auto at = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

void MachineHealth::judge(const MachineProbe::Windows& look) {
  const double arithmetic_s = std::ranges::min(look.arithmetic_s), memory_s = std::ranges::min(look.memory_s);
  best_arithmetic_s = std::min(best_arithmetic_s, arithmetic_s);
  best_memory_s = std::min(best_memory_s, memory_s);
  // Whether other programs take turns with us only arithmetic tells: bandwidth is shared on most machines.
  last = {best_arithmetic_s / arithmetic_s, best_memory_s / memory_s, middle(look.arithmetic_s) / arithmetic_s - 1};
  ++checks;
  slow += last.is_slow() ? 1 : 0;
  noisy += last.is_noisy() ? 1 : 0;
  lowest_speed = std::min(lowest_speed, last.speed);
  lowest_memory_speed = std::min(lowest_memory_speed, last.memory_speed);
  highest_noise = std::max(highest_noise, last.noise);
}

}  // namespace tilewright::measure
