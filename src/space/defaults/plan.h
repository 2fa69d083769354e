#pragma once

#include <cstdint>
#include <vector>

#include "schedule/state.h"
#include "space/search_space.h"

namespace tilewright::space {

// The pieces of the default schedule. Each takes a state that is complete but for the stages named and applies steps to
// it; stage numbers below the named ones keep their meaning.

/// Work (elements times reduction length) below which waking the other cores costs more than it saves.
inline constexpr std::int64_t kMinParallelWork = 1 << 16;

/// Inlines every stage whose value costs no more where it is read: strictly inlineable ones, and those with one
/// elementwise reader.
void inline_cheap_stages(schedule::State& state);

/// Fuses leading loops among the first `loops` of `stage` until all cores have several pieces of work, and runs the
/// result in parallel. Returns the number of loops that became one (0: not worth it).
int parallelize_outer_loops(schedule::State& state, int stage, int loops, std::int64_t work, int cores);

/// Vectorizes the axis with unit stride, runs the outer loops in parallel; for stages without reduction.
void schedule_elementwise(schedule::State& state, int stage, const Hardware& hardware);

/// How a reduction is held in registers.
struct ReductionPlan {
  std::vector<std::int64_t> tile;    ///< per spatial axis
  std::vector<std::int64_t> unroll;  ///< per reduction axis: innermost part, unrolled
  int vector_axis = -1;              ///< spatial; -1: nothing to vectorize
  bool vector_axis_outermost = false;
};
ReductionPlan plan_reduction(const te::Operation& op, const Hardware& hardware);

/// Computes `stage` tile by tile inside `consumer`, an elementwise reader with the same axes, by the plan.
void schedule_reduction(schedule::State& state, int stage, int consumer, const ReductionPlan& plan,
                        const Hardware& hardware);

/// A reduction along memory, with nothing to vectorize across it: its rfactor, so that the lanes hold slices of it.
/// Returns false and leaves the state alone if that does not apply.
bool factor_contiguous_reduction(schedule::State& state, int stage, const Hardware& hardware);

}  // namespace tilewright::space
