#pragma once

#include <cstdint>
#include <vector>

#include "runtime/execution.h"

namespace tilewright::driver {

inline constexpr int kMinimumRuns = 5;

/// A model with seeded random inputs, ready to be timed. Model and pool must outlive it.
class TimedModel {
 public:
  TimedModel(const runtime::Model& model, runtime::ThreadPool& pool, std::uint64_t seed);
  /// Runs once; seconds.
  double run();

 private:
  runtime::Execution execution_;
};

/// Runs the models in turns, so that whatever else the machine does hits all of them, until `seconds` are over and each
/// was timed kMinimumRuns times; some runs before that warm up and do not count. The times of each model, seconds.
std::vector<std::vector<double>> time_in_turns(const std::vector<TimedModel*>& models, double seconds);

}  // namespace tilewright::driver
