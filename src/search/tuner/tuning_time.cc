// What time is left of the budget, and what it has to be kept for.

#include <algorithm>

#include "search/tuner/tuning_run.h"

namespace tilewright::search {

/// Until the budget ends, but for what comes after the run.
double NetworkTuner::Impl::left_s() const { return budget_end_s - runner->clock_s() - closing_s(); }

double NetworkTuner::Impl::compile_all_s() const {
  double sum_s = 0;
  for (std::size_t i = 0; i < tuners.size(); ++i) sum_s += first_competitor[i] == i ? tuners[i]->compile_s() : 0;
  return sum_s / std::max(1, options.threads);
}

double NetworkTuner::Impl::closing_s() const {
  constexpr double kSmallPart = 0.2, kTimingPart = 0.05, kMostTiming_s = 5, kAllowance = 1.3;
  const BudgetFrame& frame = options.budget;
  const double comparing_s = 2 * kAllowance * compile_all_s() + std::min(kMostTiming_s, kTimingPart * options.budget_s);
  const bool compares = frame.compares_models && comparing_s <= kSmallPart * options.budget_s;
  return frame.closing_s + (compares ? comparing_s : 0);
}

double NetworkTuner::Impl::expected_remeasurement_s(const TaskTuner& tuner) const {
  const double best_s = tuner.result().best_s;
  return best_s < kNever ? runner->remeasurement_s((options.finalists + 1) * best_s) : 0;
}

/// Of the budget, for the re-measurements at the end.
double NetworkTuner::Impl::remeasurements_reserve_s() const {
  constexpr double kMostPart = 0.1;
  double all_s = 0;
  for (const auto& tuner : tuners)
    if (!is_behind(*tuner)) all_s += plan.remeasurement_s(expected_remeasurement_s(*tuner));
  return std::min(kMostPart * options.budget_s, all_s);
}

double NetworkTuner::Impl::left() const {
  const double of_trials = 1 - static_cast<double>(trials()) / std::max(1, options.trials);
  const double of_time = options.budget_s < kNever ? rounds_left_s() / options.budget_s : 1;
  return std::clamp(std::min(of_trials, of_time), 0.0, 1.0);
}

/// How many candidates of a task trials and time allow to measure in one round.
int NetworkTuner::Impl::room_for(const TaskTuner& tuner) const {
  const int wanted = std::max(1, std::min(options.batch, options.trials - trials()));
  return plan.candidates_within(rounds_left_s(), position(tuner), wanted);
}

}  // namespace tilewright::search
