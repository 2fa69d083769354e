#include "space/default_schedule.h"

#include "base/integer.h"
#include "loop/lower.h"
#include "space/defaults/plan.h"
#include "space/queries.h"
#include "space/register_tile.h"
#include "space/winograd_stages.h"

namespace tilewright::space {
namespace {

using schedule::State;

/// The reduction that is to be computed inside the elementwise stage `consumer`: the last that matches. -1 if none.
int fused_reduction(const State& state, const te::AccessAnalysis& access, int consumer) {
  for (int s = consumer; s-- > 0;)
    if (is_pending(state, s) && has_reduce_iter(state.stage(s)) &&
        elementwise_matched_consumer(state, access, s) == consumer)
      return s;
  return -1;
}

/// Transforms of tiles, in straight-line code of one vector.
void schedule_transforms(State& state, const Hardware& hardware) {
  const te::AccessAnalysis access(state.dag());
  for (int s = state.num_stages(); s-- > 0;) {
    const te::Operation& op = *state.stage(s).tensor;
    if (transform_tile(op).empty() || !is_pending(state, s)) continue;
    const VectorWidth vector = best_vector_width(op.shape.back(), hardware.vector_lanes, 1);
    const int shaped = schedule_transform(state, access, s, vector.width);
    if (shaped >= 0)
      parallelize_outer_loops(state, shaped, loops_around_tile(state.stage(shaped)), op.elements(), hardware.cores);
  }
}

/// Schedules a reduction inside `consumer`, or inside a copy of itself where there is none.
void tile_reduction(State& state, int stage, int consumer, const Hardware& hardware) {
  ReductionPlan plan = plan_reduction(*state.stage(stage).tensor, hardware);
  const int producer = plan_band(state, stage, hardware, plan);
  if (consumer < 0) {
    apply(state, schedule::CacheWriteStep{stage, "local"});
    consumer = stage + 1;
  }
  schedule_reduction(state, stage, consumer, producer, plan, hardware);
  if (producer >= 0) vectorize_elementwise(state, producer, hardware);
}

/// Slices in lanes, then their sum: two stages where one was.
void schedule_factored(State& state, int stage, const Hardware& hardware) {
  const int spatial = state.stage(stage + 1).tensor.rank();
  parallelize_outer_loops(state, stage + 1, spatial, product(state.stage(stage).tensor->shape), hardware.cores);
  tile_reduction(state, stage, -1, hardware);
}

/// Constants of tiled reductions lie as the register tile reads them, if that has a program.
State with_packed_constants(const State& state) {
  State packed = state;
  for (int s = 0; s < packed.num_stages(); ++s) {
    if (!packed.stage(s).tensor->is_constant() || packed.dag()->readers(s).size() != 1) continue;
    const int reader = packed.dag()->readers(s)[0];
    if (is_tiled(packed.stage(reader)) && packing_loop(packed.stage(reader)) >= 0) pack_constant(packed, s++, reader);
  }
  return loop::lower(packed) ? packed : state;
}

State schedule_all(const te::DagRef& dag, const Hardware& hardware) {
  State state = State::initial(dag);
  inline_cheap_stages(state);
  schedule_transforms(state, hardware);
  auto access = std::make_unique<te::AccessAnalysis>(state.dag());
  std::vector<int> consumer_of(static_cast<std::size_t>(state.num_stages()), -1);  // of reductions not yet visited
  for (int s = state.num_stages(); s-- > 0;) {
    if (!is_pending(state, s)) continue;
    if (!has_reduce_iter(state.stage(s))) {
      const int reduction = fused_reduction(state, *access, s);
      if (reduction < 0) {
        if (schedule_rows(state, *access, s, hardware)) continue;
        schedule_elementwise(state, s, hardware);
      } else {
        consumer_of[static_cast<std::size_t>(reduction)] = s;
      }
      continue;
    }
    const int stages = state.num_stages(), consumer = consumer_of[static_cast<std::size_t>(s)];
    if (factor_contiguous_reduction(state, s, hardware)) {
      if (consumer >= 0) schedule_elementwise(state, consumer + 1, hardware);
      schedule_factored(state, s, hardware);
    } else {
      tile_reduction(state, s, consumer, hardware);
    }
    // Stages before s kept their numbers; those of their consumers grew by what was inserted.
    const int inserted = state.num_stages() - stages;
    if (inserted == 0) continue;
    for (int& later : consumer_of)
      if (later >= s) later += inserted;
    access = std::make_unique<te::AccessAnalysis>(state.dag());
  }
  return state;
}

}  // namespace

bool is_pending(const State& state, int stage) {
  const schedule::Stage& s = state.stage(stage);
  return !s.is_placeholder() && s.compute_at == schedule::ComputeAt::root && !is_tiled(s) && loops_around_tile(s) == 0;
}

State default_schedule(const te::DagRef& dag, const Hardware& hardware) {
  const State state = schedule_all(dag, hardware);
  if (loop::lower(state)) return with_packed_constants(state);
  State plain = State::initial(dag);
  inline_cheap_stages(plain);
  return loop::lower(plain) ? plain : State::initial(dag);
}

}  // namespace tilewright::space
