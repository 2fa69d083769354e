#pragma once

#include <span>
#include <vector>

#include "cost/footprint.h"
#include "cost/machine.h"
#include "cost/nest.h"

namespace tilewright::cost {

/// The straight code around one leaf: what one iteration of its steady loop runs.
struct StraightBlock {
  int steady = 0;         ///< the counted loop around it
  double copies = 1;      ///< of the statement, one per iteration of the unrolled loops
  double chain = 1;       ///< copies that update the same element
  double lanes = 1;       ///< elements per copy
  double vectors = 1;     ///< instructions per copy and operation
  int vector_depth = -1;  ///< of the vectorized loop
  std::vector<const NestLoop*> unrolled;
};

StraightBlock block_of(const Nest& nest, const Machine& machine, const Leaf& leaf);

/// Copies that need an access of their own, given its strides: the others find its value in a register. `one_step`:
/// among the copies that belong to one step of the reduction.
double distinct_copies(const StraightBlock& block, std::span<const double> strides, bool one_step = false);

/// Instructions of one copy for an access: one per vector if contiguous, one if all lanes share an element.
double instructions_per_copy(const StraightBlock& block, std::span<const double> strides);

}  // namespace tilewright::cost
