#pragma once

#include "loop/bounds.h"

namespace tilewright::loop {

/// Makes the statements of a program whose bounds are known: one nest per root stage, attached stages inside the loops
/// that they are attached to, a reduction's initialisation just before its outermost reduction loop, guards around the
/// stores. Loops keep the annotations of the schedule; auto-unroll pragmas are resolved.
/// Failure: nested parallel loops, a parallel reduction loop, a reduction fused with a spatial loop.
Result<Program> build_statements(const schedule::State& state, Bounds bounds);

}  // namespace tilewright::loop
