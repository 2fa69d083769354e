#pragma once

#include <vector>

#include "cost/footprint.h"
#include "cost/machine.h"
#include "cost/nest.h"

namespace tilewright::cost {

/// Core cycles that every leaf takes in one run of the program with all data in L1, summed over cores; in the order of
/// `nest.leaves`.
///
/// Model   The unrolled and vectorized loops around a statement are one straight block of code, run once per iteration
/// of
///         the counted loop around them (the steady loop). It takes the most of: arithmetic, loads and stores on their
///         ports, all instructions through the front end, and the wait for accumulators. A load that several copies
///         share counts once. Accumulators are loaded and stored where the reduction begins and ends if they can stay
///         in registers, with every update if they can't.
/// Heuristic: accumulators beyond the register file cost a load and a store per update that nothing hides; latency that
/// consecutive
///         iterations hide is hidden as far as the reorder buffer reaches; code beyond the first-level instruction
///         cache is fetched at a quarter of the speed.
std::vector<double> compute_cycles(const Nest& nest, const Footprints& footprints, const Machine& machine);

}  // namespace tilewright::cost
