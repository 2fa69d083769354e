#pragma once

#include <vector>

#include "cost/analytic/block.h"
#include "cost/analytic/footprint.h"
#include "cost/analytic/machine.h"
#include "cost/analytic/nest.h"

namespace tilewright::cost {

constexpr double kInstructionBytes = 8;  ///< of a vector instruction with a memory operand

/// What the core has to do for one leaf.
struct LeafCompute {
  double cycles = 0;                               ///< in one run of the program, all data in L1, summed over cores
  StraightBlock block;                             ///< what follows is per run of it
  double per_block = 0;                            ///< cycles
  double arithmetic = 0;                           ///< cycles of its operations alone, on their units
  double instructions = 0, loads = 0, stores = 0;  ///< passes through their ports, of the last two
  double accumulators = 0;                         ///< registers that keep updated elements, 0 if none do
  double waiting = 0;                              ///< registers that hold what several copies read
  double spills = 0;                               ///< registers that go to the stack and come back
  double latency = 0;                              ///< cycles until the last accumulator is ready
  double guards = 0;                               ///< cycles in testing conditions
};

/// Of every leaf, in the order of `nest.leaves`.
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
std::vector<LeafCompute> compute_of(const Nest& nest, const Footprints& footprints, const Machine& machine);

}  // namespace tilewright::cost
