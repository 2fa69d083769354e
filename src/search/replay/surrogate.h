#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "cost/analytic/machine.h"
#include "search/evolve/state_position.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::search {

/// A machine made of what was once measured for one task: a state that was measured answers with its record; every
/// other one with a guess, marked as such nowhere, so nothing found here is a fact about the real machine.
///
/// Model    log2 t = log2 of the analytic model's cycles + what the nearest measured states of the same skeleton took
///          beyond that (mean of kNeighbours, weighted by 1 / (1 + squared distance); all states if none has the
///          skeleton) + noise, drawn from the state's hash, as large as the error of just this guess on the measured
///          states, each left out in turn. The noise keeps the ground as rough as it is: a smooth one would flatter
///          every search, and most of all one that trusts the analytic model.
/// Limits   never faster than the fastest record. The analytic model has a share in it, so compare searches here that
///          use the same cost model.
class Surrogate {
 public:
  /// Records of other tasks, without a measurement, or that do not replay are passed over.
  Surrogate(const task::Task& task, std::span<const task::Record> records, const cost::Machine& machine);

  task::Measurement measure(const schedule::State& state) const;
  /// Valid records it is made of; failed ones.
  int valid() const { return static_cast<int>(known_.size()); }
  int failed() const { return failed_; }
  /// How well the guess, without noise, orders pairs of the measured states: share of pairs in the right order (each
  /// state's guess made without its own record); 0.5 is chance.
  double accuracy() const { return accuracy_; }
  /// Standard deviation of the guess's error, in log2 of the time.
  double roughness() const { return roughness_; }

 private:
  struct Known {
    StatePosition position;
    double excess;  ///< log2 of time over analytic cycles
    double log_time;
    double compile_s, run_s;
  };
  double guess_excess(const StatePosition& position, int left_out) const;
  void judge_itself();

  cost::Machine machine_;
  std::vector<Known> known_;
  std::unordered_map<std::uint64_t, std::vector<int>> by_skeleton_;
  std::unordered_map<std::uint64_t, task::Measurement> recorded_;  ///< by structural hash
  double mean_excess_ = 0, fastest_s_ = 0, compile_s_ = 0, run_s_ = 0;
  double accuracy_ = 0.5, roughness_ = 0;
  int failed_ = 0;
};

}  // namespace tilewright::search
