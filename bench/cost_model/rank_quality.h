#pragma once

#include <span>

namespace tilewright {

/// Spearman's rank correlation of a score (higher is better) with speed; `times_s` lower is better. 0 for fewer than 2.
double rank_correlation(std::span<const double> scores, std::span<const double> times_s);
/// Of the `top` fastest programs, the share that is among the `chosen` with the best scores.
double recall(std::span<const double> scores, std::span<const double> times_s, int top, int chosen);
/// The fastest of the `chosen` best scored programs, as a share of the speed of the fastest of all.
double best_of(std::span<const double> scores, std::span<const double> times_s, int chosen);

}  // namespace tilewright
