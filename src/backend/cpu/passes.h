#pragma once

#include "base/pass_manager.h"
#include "loop/program.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

// Rewrites of a loop program that depend on the machine: what the schedule left to the compiler. Same results for all
// inputs, but for the rounding of sums that vectorize_reductions adds up in another order.

/// All of them, in their order.
using TargetPasses = PassManager<loop::Program, target::TargetSpec>;
TargetPasses& pass_manager();

/// The program that Compiler emits code for: `scheduled` after all target passes.
loop::Program run_target_passes(loop::Program scheduled, const target::TargetSpec& target);

/// Moves statements at the start of a loop's body before the loop if every iteration would do the same: a maximum over
/// a row, computed where each of its elements is needed.
void hoist_invariants(loop::Program& program, const target::TargetSpec& target);

/// Makes lanes of an innermost reduction along memory, of which nothing else is a vector: partial sums, maxima or
/// minima of f32 in up to four registers, joined in halves. te::tolerance allows a sum any order.
void vectorize_reductions(loop::Program& program, const target::TargetSpec& target);

/// Shapes the innermost tile of each nest of loops around one store: moves a loop over neighbouring elements innermost,
/// as a vector, where the schedule has none; joins a vector narrower than a register with the loop over its
/// neighbours; moves spatial loops, or blocks of them, into the innermost reductions until enough independent updates
/// are in flight to hide their latency. Tiles that have all this stay as they are.
void form_tiles(loop::Program& program, const target::TargetSpec& target);

/// Turns innermost serial or unrolled loops into vectorized ones where neighbouring iterations touch neighbouring
/// elements: no reduction, stores of stride 1, loads of stride 0 or 1. Long ones become a serial loop over vectors.
void vectorize_innermost(loop::Program& program, const target::TargetSpec& target);

/// Shorter rows of a block to be transposed are gathered, element by element.
inline constexpr std::int64_t kFewestTransposed = 4;

/// Where a vector strides over a buffer that another loop of the nest runs through, moves as many iterations of that
/// loop as there are lanes inside, unrolled: the block is then loaded as rows and transposed in registers, not
/// gathered.
void tile_transposes(loop::Program& program, const target::TargetSpec& target);

/// Unrolls short serial loops, innermost first: those inside a reduction as long as the elements that it updates fit
/// the register file, so that they become accumulators; others while the copies stay few. Innermost reductions that
/// are too long are unrolled in blocks.
void unroll_short_loops(loop::Program& program, const target::TargetSpec& target);

/// Where neighbouring results read the same element under different taps of a window, puts the unrolled taps inside the
/// rows of the tile, if registers hold the weights of all taps: an element is then used up soon after it is loaded.
/// With taps outside, all elements of the tile had to be kept from the first tap to the last.
void slide_windows(loop::Program& program, const target::TargetSpec& target);

/// Where innermost reductions read a dense block of a large constant again and again before they go on to the next
/// block, has each iteration ask for its share of that next one: a network's weights come from memory, where a stream
/// that starts anew with each block waits.
void prefetch_weights(loop::Program& program, const target::TargetSpec& target);

}  // namespace tilewright::cpu
