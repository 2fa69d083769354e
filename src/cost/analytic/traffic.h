#pragma once

#include <vector>

#include "cost/analytic/footprint.h"
#include "cost/analytic/machine.h"
#include "cost/analytic/nest.h"

namespace tilewright::cost {

/// Bytes that one leaf moves into each cache level in one run of the program, over all cores: into L1 from L2, into L2
/// from L3, into L3 from memory.
struct Traffic {
  double bytes[Machine::kLevels] = {};
};

/// Traffic of every leaf, in the order of `nest.leaves`.
///
/// Model   A loop keeps what consecutive iterations have in common if what one iteration touches fits the cache. For
/// the
///         outermost such loop, a buffer is fetched once for all its iterations, and again for every iteration of the
///         loops outside. A program that fits as a whole is warm from the run before and moves nothing.
/// Heuristic: lines are never lost to conflicts, a cache is used up to kUsable of its size, and a written line moves
/// twice. Source  The working-set form of Wolf and Lam, "A Data Locality Optimizing Algorithm", PLDI 1991; MOpt, ASPLOS
/// 2021.
std::vector<Traffic> traffic_of(const Nest& nest, const Footprints& footprints, const Machine& machine);

}  // namespace tilewright::cost
