#pragma once

#include <vector>

#include "measure/timing/machine_loops.h"
#include "task/machine_check.h"

namespace tilewright::measure {

/// All checks of a run.
struct MachineHealth {
  int checks = 0, slow = 0, noisy = 0;
  task::MachineCheck last;
  double lowest_speed = 1, lowest_memory_speed = 1, highest_noise = 0;
};

/// Runs the calibration kernel, a loop of fused multiply-adds and one that reads memory, on all threads, or as many
/// of them as can run at once: about 10 ms.
class Calibration {
 public:
  explicit Calibration(int threads);
  /// Not while anything else is timed, or compiled.
  void check();
  /// What a check does with the times of both loops, several of each.
  void judge(const std::vector<double>& arithmetic_s, const std::vector<double>& memory_s);
  const MachineHealth& health() const { return health_; }

 private:
  int threads_;
  MachineLoops loops_;
  std::vector<std::vector<char>> memory_;  ///< one piece per thread
  double best_arithmetic_s_ = 1e30, best_memory_s_ = 1e30;
  MachineHealth health_;
};

}  // namespace tilewright::measure
