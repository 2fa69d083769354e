#pragma once

#include "cost/analytic/machine.h"
#include "loop/program.h"

namespace tilewright::cost {

/// What each part of the machine would need for one run of a program if it were alone: core cycles, the work divided
/// by the cores that share it; for traffic also the bytes. The parts of `Estimate` (analytic_model.h), with what
/// first-level loads and stores cost told apart from arithmetic. A heuristic, as those are.
struct BoundTerms {
  double compute = 0;                     ///< arithmetic, instructions through the front end, waits for accumulators
  double l1 = 0;                          ///< loads and stores at their ports
  double traffic[Machine::kLevels] = {};  ///< into L1 from L2, into L2 from L3, into L3 from memory
  double bytes[Machine::kLevels] = {};    ///< the same, over all cores
};
BoundTerms bound_terms(const loop::Program& program, const Machine& machine);

}  // namespace tilewright::cost
