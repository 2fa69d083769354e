#pragma once

#include <span>
#include <vector>

#include "cost/analytic/footprint.h"
#include "cost/analytic/machine.h"
#include "cost/analytic/nest.h"

namespace tilewright::cost {

/// What an operation or access costs: instructions (and registers) in the code, passes through an execution unit.
struct IssueCost {
  double instructions = 0, passes = 0;
  IssueCost& operator+=(const IssueCost& other) {
    instructions += other.instructions, passes += other.passes;
    return *this;
  }
};
inline IssueCost operator*(const IssueCost& cost, double times) {
  return {cost.instructions * times, cost.passes * times};
}

/// One operation on `lanes` consecutive elements, in the pieces that code generation takes (target/emitter_policy.h).
IssueCost cost_of_lanes(const Machine& machine, std::int64_t lanes, double element_bytes);

/// The straight code around one leaf: what one iteration of its steady loop runs.
struct StraightBlock {
  int steady = 0;                         ///< the counted loop around it
  double copies = 1;                      ///< of the statement, one per iteration of the unrolled loops
  double chain = 1;                       ///< copies that update the same element
  double lanes = 1;                       ///< elements per copy
  IssueCost per_operation;                ///< and copy
  int vector_depth = -1;                  ///< of the vectorized loop
  std::vector<const NestLoop*> unrolled;  ///< innermost first
};

StraightBlock block_of(const Nest& nest, const Machine& machine, const Leaf& leaf);

/// Copies that need an access of their own, given its strides: the others find its value in a register.
double distinct_copies(const StraightBlock& block, std::span<const double> strides);

/// Copies whose value of a load must wait in registers for others that use it too: all that differ inside the outermost
/// unrolled loop that repeats it. 0: no other copy uses it.
double waiting_copies(const StraightBlock& block, std::span<const double> strides);

/// What one copy pays for an access: one instruction per vector if contiguous, one if all lanes share an element, some
/// per element otherwise.
IssueCost cost_of_access(const StraightBlock& block, std::span<const double> strides);

}  // namespace tilewright::cost
