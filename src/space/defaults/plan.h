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

/// Vectorizes the axis with unit stride of a stage without reduction. Returns the number of loops around the vector.
int vectorize_elementwise(schedule::State& state, int stage, const Hardware& hardware);
/// The same, and runs the outer loops in parallel.
void schedule_elementwise(schedule::State& state, int stage, const Hardware& hardware);

/// The stage is at root, and nothing was done to it yet.
bool is_pending(const schedule::State& state, int stage);

/// A stage without reduction and all that it needs row by row (the maximum of the row, its exponentials, their sum),
/// one row after another, while it is in the cache. Rows are what the last axis runs over. Returns false and leaves the
/// state alone where no such stage reduces. The reductions are left as loops along the row, of which codegen makes
/// vectors.
bool schedule_rows(schedule::State& state, const te::AccessAnalysis& access, int stage, const Hardware& hardware);

/// How a reduction is held in registers and, where its operands outgrow the cache, in blocks.
struct ReductionPlan {
  std::vector<std::int64_t> tile;   ///< per spatial axis: elements of the register tile
  std::vector<std::int64_t> block;  ///< per spatial axis: register tiles that share operands in the cache
  std::vector<std::int64_t>
      chunk;  ///< per reduction axis: steps (of `unroll`) before the next tile of the block; 0: all
  std::vector<std::int64_t> unroll;  ///< per reduction axis: innermost part, unrolled
  int vector_axis = -1;              ///< spatial; -1: nothing to vectorize
  bool vector_axis_outermost = false;
  int band_axis = -1;  ///< spatial axis whose outer loop is cut into bands, for a producer to be computed band by band
  std::int64_t band = 1;  ///< tiles in a band
  bool is_blocked() const;
};
ReductionPlan plan_reduction(const te::Operation& op, const Hardware& hardware);

/// The producer of `stage` that is worth computing band by band, while the cache holds the band: padding, where the
/// reduction does little work per element. Sets the plan's band; -1 if there is none.
int plan_band(const schedule::State& state, int stage, const Hardware& hardware, ReductionPlan& plan);

/// Computes `stage` tile by tile inside `consumer`, an elementwise reader with the same axes, by the plan.
/// `producer`: computed inside the consumer band by band, or -1.
void schedule_reduction(schedule::State& state, int stage, int consumer, int producer, const ReductionPlan& plan,
                        const Hardware& hardware);

/// A reduction along memory, with nothing to vectorize across it: its rfactor, so that the lanes hold slices of it.
/// Returns false and leaves the state alone if that does not apply.
bool factor_contiguous_reduction(schedule::State& state, int stage, const Hardware& hardware);

}  // namespace tilewright::space
