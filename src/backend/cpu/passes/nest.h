#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "loop/program.h"

namespace tilewright::cpu {

/// Iterations.
inline std::int64_t extent_of(const loop::For& loop) { return loop.end - loop.begin; }

/// Loops around nothing but one another, outermost first, without their bodies.
using Loops = std::vector<loop::For>;

/// The loops around one another and, in the last, `body`.
loop::Stmt nest_of(Loops loops, loop::Block body);

/// Calls `rewrite(loops, store)` for each outermost nest of loops around nothing but one another and, in the last, one
/// store; what it returns takes the nest's place.
void for_each_nest(loop::Block& block, const std::function<loop::Stmt(Loops loops, loop::Block store)>& rewrite);

/// Cuts `loop`, around `body`, into a loop over blocks, which takes its place, and one over the `block` iterations
/// within, which is returned. `block` divides the loop's extent and is less.
loop::For cut_block(loop::Program& program, loop::For& loop, std::int64_t block, loop::Block& body);

}  // namespace tilewright::cpu
