#pragma once

#include "measure/machine/machine_probe.h"
#include "task/machine_check.h"

namespace tilewright::measure {

/// How a machine did in all looks at it.
struct MachineHealth {
  int checks = 0, slow = 0, noisy = 0;
  task::MachineCheck last;
  double lowest_speed = 1, lowest_memory_speed = 1, highest_noise = 0;
  double best_arithmetic_s = 1e30, best_memory_s = 1e30;

  /// Takes one more into account.
  void judge(const MachineProbe::Windows& look);
};

}  // namespace tilewright::measure
