#include "search/tuner/task_scheduler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tilewright::search {
namespace {

constexpr double kBackwardWeight = 0.2;
constexpr std::size_t kRoundsBack = 3;  ///< rounds that backward looks at
constexpr std::size_t kRoundsWithoutValid = 3;
constexpr double kShortestRound_s = 1e-3;  ///< so that a made-up runner that takes no time is no reason to divide by 0

}  // namespace

double expected_gain(const TaskProgress& task, double peak_gflops) {
  const std::size_t rounds = task.best_after_round.size();
  if (rounds == 0) return std::numeric_limits<double>::infinity();
  const double best = task.best_after_round.back();
  if (!std::isfinite(best)) return rounds < kRoundsWithoutValid ? std::numeric_limits<double>::infinity() : 0;
  const std::size_t window = std::min(kRoundsBack, rounds - 1);
  const double before = task.best_after_round[rounds - 1 - window];
  const double backward = window > 0 && std::isfinite(before) ? (before - best) / static_cast<double>(window) : 0;
  const double floor = peak_gflops > 0 ? task.flops / (peak_gflops * 1e9) : 0;
  const double forward = std::min(best / static_cast<double>(rounds), std::max(0.0, best - floor));
  const double gain = kBackwardWeight * backward + (1 - kBackwardWeight) * forward;
  return task.count * gain / std::max(task.seconds_per_round, kShortestRound_s);
}

int choose_task(std::span<const TaskProgress> tasks, double peak_gflops) {
  int best = -1;
  double largest = -1;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!tasks[i].alive) continue;
    const double gain = expected_gain(tasks[i], peak_gflops);
    if (gain > largest) largest = gain, best = static_cast<int>(i);
  }
  return best;
}

}  // namespace tilewright::search
