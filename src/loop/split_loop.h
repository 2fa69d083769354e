#pragma once

#include "loop/program.h"

namespace tilewright::loop {

/// The loop in blocks of `factor` iterations: a serial loop over the full blocks around an inner loop of kind `inner`,
/// then the iterations left over, as a loop of that kind too. Order of iterations and results stay. Needs 0 < factor <
/// extent. Adds two loop variables, and the values that depend on the loop's own, to `program`.
Block split_loop(Program& program, const For& loop, std::int64_t factor, LoopKind inner);

}  // namespace tilewright::loop
