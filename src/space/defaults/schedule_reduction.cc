#include <algorithm>

#include "base/integer.h"
#include "space/defaults/plan.h"
#include "space/queries.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::State;

std::int64_t work_of(const te::Operation& op) {
  std::int64_t work = product(op.shape);
  for (const te::AxisRef& axis : op.reduce_axes) work *= axis->extent;
  return work;
}

/// Spatial axes with the vector axis last, so that its loop is innermost on every level.
std::vector<int> level_order(int axes, int vector_axis) {
  std::vector<int> order;
  for (int a = 0; a < axes; ++a)
    if (a != vector_axis) order.push_back(a);
  if (vector_axis >= 0) order.push_back(vector_axis);
  return order;
}

/// Marks the loops from `first` on, which are the inner tiles of the axes in `order`.
void annotate_tile(State& state, int stage, int first, const std::vector<int>& order, const ReductionPlan& plan) {
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (plan.tile[static_cast<std::size_t>(order[k])] == 1) continue;
    const Annotation annotation = order[k] == plan.vector_axis ? Annotation::vectorize : Annotation::unroll;
    apply(state, schedule::AnnotateStep{stage, first + static_cast<int>(k), annotation});
  }
}

/// The levels of a sketch, SSRSRS and one more for what is unrolled, most of a single iteration: so search can vary
/// what it finds. Returns the spatial split steps.
std::vector<int> tile_stage(State& state, int stage, const ReductionPlan& plan, const std::vector<int>& order) {
  const te::Tensor tensor = state.stage(stage).tensor;
  const auto n = static_cast<int>(tensor->axes.size()), m = static_cast<int>(tensor->reduce_axes.size());
  std::vector<int> splits;
  for (int a = 0; a < n; ++a) {
    splits.push_back(state.num_steps());
    const auto axis = static_cast<std::size_t>(a);
    apply(state,
          schedule::SplitStep{stage, 4 * a, tensor->axes[axis]->extent, {1, plan.block[axis], plan.tile[axis]}, true});
  }
  const int levels = plan.is_blocked() ? 3 : 2;  // of a reduction
  for (int r = 0; r < m; ++r) {
    const auto axis = static_cast<std::size_t>(r);
    std::vector<std::int64_t> lengths{plan.unroll[axis]};
    if (plan.is_blocked()) lengths.insert(lengths.begin(), std::max<std::int64_t>(plan.chunk[axis], 1));
    apply(state, schedule::SplitStep{stage, 4 * n + levels * r, tensor->reduce_axes[axis]->extent, lengths, true});
  }
  std::vector<int> loops;
  const auto add_spatial = [&](int level) {
    for (int a : order) loops.push_back(4 * a + level);
  };
  const auto add_reduce = [&](int level) {
    for (int r = 0; r < m; ++r) loops.push_back(4 * n + levels * r + level);
  };
  add_spatial(0), add_spatial(1), add_reduce(0);
  if (plan.vector_axis >= 0) loops.push_back(4 * plan.vector_axis + 2);  // its panel serves all rows of a block
  for (int a : order)
    if (a != plan.vector_axis) loops.push_back(4 * a + 2);
  for (int level = 1; level < levels; ++level) add_reduce(level);
  add_spatial(3);
  apply(state, schedule::ReorderStep{stage, std::move(loops)});
  for (int r = 0; r < m; ++r)
    if (plan.unroll[static_cast<std::size_t>(r)] > 1)
      apply(state, schedule::AnnotateStep{stage, 3 * n + (levels - 1) * m + r, Annotation::unroll});
  annotate_tile(state, stage, 3 * n + levels * m, order, plan);
  return splits;
}

/// Tiles the consumer like the stage, and computes the stage inside its outer tiles and the producer inside its bands.
void follow(State& state, int stage, int consumer, int producer, const std::vector<int>& splits,
            const std::vector<int>& order, const ReductionPlan& plan) {
  const auto n = static_cast<int>(splits.size());
  const int levels = plan.is_blocked() ? 3 : 1;
  const int parts = levels + 1;
  for (int a = 0; a < n; ++a)
    apply(state, schedule::FollowSplitStep{consumer, parts * a, splits[static_cast<std::size_t>(a)], levels});
  std::vector<int> outer;
  if (plan.vector_axis_outermost) outer.push_back(plan.vector_axis);
  for (int a : order)
    if (a != plan.vector_axis || !plan.vector_axis_outermost) outer.push_back(a);
  std::vector<int> loops;
  for (int a : outer) loops.push_back(parts * a);
  for (int level = 1; level < parts; ++level)
    for (int a : order) loops.push_back(parts * a + level);
  apply(state, schedule::ReorderStep{consumer, std::move(loops)});
  apply(state, schedule::ComputeAtStep{stage, consumer, n - 1});
  annotate_tile(state, consumer, n * levels, order, plan);
  if (producer < 0) return;
  const auto at = static_cast<int>(std::find(outer.begin(), outer.end(), plan.band_axis) - outer.begin());
  const std::int64_t extent = state.stage(consumer).iters[static_cast<std::size_t>(at)].extent;
  apply(state, schedule::SplitStep{consumer, at, extent, {plan.band}, true});
  apply(state, schedule::ComputeAtStep{producer, consumer, at});
}

}  // namespace

void schedule_reduction(State& state, int stage, int consumer, int producer, const ReductionPlan& plan,
                        const Hardware& hardware) {
  const te::Tensor tensor = state.stage(stage).tensor;
  const auto n = static_cast<int>(tensor->axes.size());
  const std::vector<int> order = level_order(n, plan.vector_axis);
  const std::vector<int> splits = tile_stage(state, stage, plan, order);
  if (n == 0) return;
  follow(state, stage, consumer, producer, splits, order, plan);
  parallelize_outer_loops(state, consumer, producer < 0 ? n : n + 1, work_of(*tensor), hardware.cores);
}

}  // namespace tilewright::space
