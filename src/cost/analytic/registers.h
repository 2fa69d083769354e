#pragma once

#include "cost/analytic/footprint.h"
#include "cost/analytic/nest.h"

namespace tilewright::cost {

/// Innermost loop around `leaf` that is really counted, not unrolled or vectorized.
int steady_loop(const Nest& nest, const Leaf& leaf);

/// The outermost reduction loop around an update during which its elements can stay in registers, as code generation
/// keeps them: no counted loop inside it (itself included) moves them, and no guard stands before the update. -1: none.
int accumulator_loop(const Nest& nest, const Footprints& footprints, const Leaf& leaf);

}  // namespace tilewright::cost
