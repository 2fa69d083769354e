#pragma once

#include <vector>

#include "cost/footprint.h"
#include "cost/machine.h"
#include "cost/nest.h"

namespace tilewright::cost {

/// True per buffer that code generation keeps in registers: local, and every index a constant once unrolled and
/// vectorized loops are written out (DESIGN.md, "Registers are explicit").
std::vector<bool> register_buffers(const Nest& nest, const Footprints& footprints);

/// Innermost loop around `leaf` that is really counted, not unrolled or vectorized.
int steady_loop(const Nest& nest, const Leaf& leaf);

}  // namespace tilewright::cost
