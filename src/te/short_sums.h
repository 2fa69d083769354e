#pragma once

#include "te/dag.h"

namespace tilewright::te {

/// The terms that one f32 sum may have. Its error grows with them (a sum of n positive numbers errs by some sqrt(n)
/// units in the last place, by n at worst: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, §4.2), and
/// no layer of a common network has more.
inline constexpr std::int64_t kLongestSum = 1 << 15;

/// `dag` with every f32 sum of more terms computed in parts, which a second stage adds up: about as many parts as each
/// has terms, fewer where the results are many. The parts are computed by a stage named as the sum with "_parts"
/// behind, whose first axis counts them. `dag` itself where no sum is too long.
DagRef shorten_sums(DagRef dag);

}  // namespace tilewright::te
