#pragma once

#include <cstdint>
#include <span>

namespace tilewright::measure {

/// The middle of noisy times, and its standard error.
struct Estimate {
  double median_s = 0, error_s = 0;
};

/// Model   error of the median of n normal times: 1.2533 sigma / sqrt(n), with sigma = 1.4826 times the median distance
///         from the median. Neither hears of the few runs that a busy machine interrupts, which may take many times as
///         long, while mean and standard deviation hear of nothing else.
/// Source  Rousseeuw, Croux, "Alternatives to the Median Absolute Deviation", JASA 88(424), 1993.
Estimate estimate(std::span<const double> times_s);

/// When the runs of one candidate are enough.
struct RepetitionRule {
  double incumbent_s = 1e30;  ///< best time of the task so far
  double cut_ratio = 1.3;     ///< slower than this times the incumbent: not worth another run
  double precision = 0.015;   ///< relative standard error that is exact enough
  double max_time_s = 0.03;   ///< of all timed runs together
  int min_runs = 3, max_runs = 50;
};

enum class Verdict : std::uint8_t {
  repeat,
  enough,
  cut,  ///< clearly slower than the incumbent; known less exactly
};

/// What the runs so far are good for. `warm_up_s`: the run before them, which may take up to twice as long for want of
/// warm caches; `times_s`: the timed ones, perhaps none yet.
///
/// cut     the fastest run exceeds cut_ratio times the incumbent, and that is no accident: so do two timed runs, or one
///         and the warm-up by twice as much, or one by more than a scheduler may stall it (20 ms); the timed runs add
///         up to a millisecond at least, as an interrupt takes as long as a short kernel. The warm-up alone decides
///         only if it exceeds twice that limit by more than a stall.
/// enough  min_runs or more, a millisecond or more, and the error of the median is at most `precision`, or a one-sided
///         t-test says that the candidate is slower than the incumbent (p <= 0.05, the incumbent's time taken as
///         exact); or max_time_s or max_runs are used up.
Verdict judge(double warm_up_s, std::span<const double> times_s, const RepetitionRule& rule);

}  // namespace tilewright::measure
