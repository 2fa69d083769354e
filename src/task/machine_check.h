#pragma once

#include <string>

namespace tilewright::task {

/// How a machine is doing, as a fixed piece of work tells (calibration.h). Speeds are shares of the highest since the
/// start of the run.
struct MachineCheck {
  double speed = 1;         ///< of arithmetic
  double memory_speed = 1;  ///< of reading memory; it varies more on a machine that is well
  double noise = 0;         ///< share by which the middle of several runs of the arithmetic is slower than the fastest
  bool is_slow() const { return speed < 0.9 || memory_speed < 0.7; }
  bool is_noisy() const { return noise > 0.15; }
  bool is_well() const { return !is_slow() && !is_noisy(); }
};

/// What to tell people, with what to do about it.
std::string to_text(const MachineCheck& check);

}  // namespace tilewright::task
