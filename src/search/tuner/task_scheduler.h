#pragma once

#include <span>
#include <vector>

namespace tilewright::search {

/// What the scheduler knows of one task.
struct TaskProgress {
  int count = 1;  ///< how often the network runs it
  double flops = 0;
  std::span<const double> best_after_round;  ///< seconds; infinity while nothing valid was measured
  double seconds_per_round = 0;              ///< of compiling and running
  bool alive = true;                         ///< has anything left to measure
};

/// Expected gain of one more round on a task: seconds of one network run per second of tuning.
///
/// Model   count * (0.2 * backward + 0.8 * forward) / seconds_per_round. backward: gain per round over the last three;
///         forward: the hope that round t + 1 takes 1/t off the best time, but not below what the machine's peak allows
///         (`peak_gflops`, 0: not known). A task without a valid state is worth three rounds at any price, then none.
/// Source  Ansor's task scheduler (docs/ansor.md §7) without its similarity groups, per second instead of per round.
double expected_gain(const TaskProgress& task, double peak_gflops);

/// The task alive with the largest expected gain, the first one of equals; -1 if none is alive.
int choose_task(std::span<const TaskProgress> tasks, double peak_gflops);

}  // namespace tilewright::search
