#pragma once

#include <cstdint>
#include <span>

namespace tilewright::measure {

/// When the runs of one candidate are enough, in one pass over a batch (runner/local_runner.h).
struct RepetitionRule {
  double incumbent_s = 1e30;   ///< best time of the task so far
  double cut_ratio = 1.3;      ///< slower than this times the incumbent: not worth another run
  double least_time_s = 1e-3;  ///< of all timed runs together: less says nothing, an interrupt takes as long
  double max_time_s = 5e-3;    ///< … and as much is enough, however few they are
  int min_runs = 2, max_runs = 20;
};

enum class RepetitionDecision : std::uint8_t {
  repeat,
  enough,
  cut,  ///< clearly slower than the incumbent; known less exactly
};

/// What the runs so far are good for. `warm_up_s`: the run before them, which may take up to twice as long for want of
/// warm caches, 0 if there was none; `times_s`: the timed ones, perhaps none yet.
///
/// cut     the fastest run exceeds cut_ratio times the incumbent, and that is no accident: so do two timed runs, or one
///         and the warm-up by twice as much, or one by more than a scheduler may stall it (20 ms); the timed runs add
///         up to least_time_s. The warm-up alone decides only if it exceeds twice that limit by more than a stall.
/// enough  min_runs or more that add up to least_time_s; or max_time_s or max_runs are used up.
RepetitionDecision judge(double warm_up_s, std::span<const double> times_s, const RepetitionRule& rule);

}  // namespace tilewright::measure
