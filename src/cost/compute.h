#pragma once

#include <vector>

#include "cost/footprint.h"
#include "cost/machine.h"
#include "cost/nest.h"

namespace tilewright::cost {

/// Core cycles that every leaf takes in one run of the program with all data in L1, summed over cores; in the order of
/// `nest.leaves`.
///
/// Model   The unrolled and vectorized loops around a statement are one straight piece of code, run once per iteration
/// of
///         the counted loop around them. It takes the most of: arithmetic, loads and stores on their ports, all
///         instructions through the front end, and the wait for accumulators. Loads that several copies share are
///         counted once. Accumulators that do not fit the register file are loaded and stored with every use. Code
///         beyond the first-level instruction cache is fetched at a quarter of the speed (heuristic).
std::vector<double> compute_cycles(const Nest& nest, const Footprints& footprints, const Machine& machine);

}  // namespace tilewright::cost
