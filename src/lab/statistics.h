#pragma once

#include <string>
#include <vector>

#include "lab/results.h"

namespace tilewright::lab {

/// A figure and the interval that holds it with 95 % confidence (percentile bootstrap over seeds).
struct Interval {
  double value = 0, low = 0, high = 0;
  bool below(double x) const { return high < x; }
  bool above(double x) const { return low > x; }
};

/// The results with times of all runs by one clock. Within a run, times share a pace and can be compared; between runs
/// they can't, as each takes the pace of its first moment for normal (docs/decisions/0011). So all times of a run are
/// scaled to make its best program's time what it was when all of an input were timed in turns. Inputs that were not,
/// in all their runs, stay as they are.
Results in_judged_time(Results results);

/// A variant against the baseline in one space: geometric means over inputs of ratios of geometric means over seeds.
struct Comparison {
  std::string space, variant;
  int runs = 0, inputs = 0;
  /// Time and trials until the baseline's final quality (the median over its seeds), variant / baseline, both by the
  /// same rule; below 1 is better. A run that never gets there counts with all it had, so the ratio is too kind to
  /// whoever got there less often: `reached` and `baseline_reached` say how often that was.
  Interval time, trials;
  int reached = 0, baseline_reached = 0;
  /// Speed of the best program, and speed of the best so far averaged (geometrically) over all trials, variant /
  /// baseline; above 1 is better.
  Interval speed, area;
};

/// The comparison of `variant` with `baseline` over the inputs (all, or the one given) that both have runs of.
Comparison compare(const std::vector<Run>& runs, const std::string& space, const std::string& baseline,
                   const std::string& variant, const std::string& only_input = "");

/// First point of a run's curve at `target_s` or below; null if it never gets there.
const search::CurvePoint* reach(const Run& run, double target_s);
/// Mean of log2 of the best so far over trials.
double log_area(const Run& run);
/// How much the default schedule's time varies between runs of one input and space: the largest spread (95 % over 5 %
/// quantile, less 1). What says how quiet the machine was.
double noise_of_runs(const std::vector<Run>& runs);

}  // namespace tilewright::lab
