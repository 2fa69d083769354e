#pragma once

#include <vector>

#include "cost/analytic/machine.h"
#include "cost/analytic/nest.h"

namespace tilewright::cost {

/// How a leaf's work is spread over the cores.
struct Parallelism {
  double cores = 1;        ///< by which its time shrinks: extent / (iterations of the busiest core)
  double fork_cycles = 0;  ///< spent starting and joining the parallel loop around it
};

/// Per leaf, in the order of `nest.leaves`. Iterations are cut into one contiguous chunk per core
/// (runtime::ThreadPool). The cost of a loop is charged to the first leaf in it.
std::vector<Parallelism> parallelism_of(const Nest& nest, const Machine& machine);

}  // namespace tilewright::cost
