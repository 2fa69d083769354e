#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "runtime/model/execution.h"

namespace tilewright::driver {

/// A model with seeded random inputs, ready to be timed. Model and pool must outlive it.
class TimedModel {
 public:
  TimedModel(const runtime::Model& model, runtime::ThreadPool& pool, std::uint64_t seed);
  /// Runs once; seconds.
  double run();
  /// From now on notes how long each call took.
  void profile() { profiling_ = true; }
  /// Seconds of every call of the plan, run after run since profile().
  const std::vector<double>& call_s() const { return call_s_; }

 private:
  runtime::Execution execution_;
  std::size_t calls_;
  bool profiling_ = false;
  std::vector<double> call_s_;
};

/// How long to time: for `seconds`, but at least `min_runs` and at most `max_runs` of each model.
struct TimingBudget {
  double seconds;
  std::size_t min_runs = 5, max_runs = std::numeric_limits<std::size_t>::max();
};

/// Runs the models in turns, so that whatever else the machine does hits all of them. A few runs before that warm up
/// and do not count. The times of each model, seconds.
std::vector<std::vector<double>> time_in_turns(const std::vector<TimedModel*>& models, const TimingBudget& budget);

}  // namespace tilewright::driver
