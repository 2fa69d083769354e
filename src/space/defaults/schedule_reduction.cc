#include "base/integer.h"
#include "space/annotate.h"
#include "space/defaults/plan.h"
#include "space/queries.h"
#include "space/register_tile.h"
#include "space/strides.h"

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

/// The levels SSRSRS of the stage, all but the innermost spatial one of a single iteration within a tile, so that
/// search can vary what it finds. Returns the spatial split steps.
std::vector<int> tile_stage(State& state, int stage, const ReductionPlan& plan, const std::vector<int>& order) {
  const te::Tensor tensor = state.stage(stage).tensor;
  const auto n = static_cast<int>(tensor->axes.size()), m = static_cast<int>(tensor->reduce_axes.size());
  std::vector<int> splits;
  for (int a = 0; a < n; ++a) {
    splits.push_back(state.num_steps());
    const auto axis = static_cast<std::size_t>(a);
    apply(state, schedule::SplitStep{stage, 4 * a, tensor->axes[axis]->extent, {1, 1, plan.tile[axis]}, true});
  }
  for (int r = 0; r < m; ++r) {
    const auto axis = static_cast<std::size_t>(r);
    const std::int64_t extent = tensor->reduce_axes[axis]->extent;
    apply(state, schedule::SplitStep{stage, 4 * n + 2 * r, extent, {plan.unroll[axis]}, true});
  }
  std::vector<int> loops;
  const auto add_spatial = [&](int level) {
    for (int a : order) loops.push_back(4 * a + level);
  };
  const auto add_reduce = [&](int level) {
    for (int r = 0; r < m; ++r) loops.push_back(4 * n + 2 * r + level);
  };
  add_spatial(0), add_spatial(1), add_reduce(0), add_spatial(2), add_reduce(1), add_spatial(3);
  apply(state, schedule::ReorderStep{stage, std::move(loops)});
  for (int r = 0; r < m; ++r)
    if (plan.unroll[static_cast<std::size_t>(r)] > 1)
      apply(state, schedule::AnnotateStep{stage, 3 * n + m + r, Annotation::unroll});
  annotate_tile(state, stage, 3 * n + 2 * m, order, plan);
  return splits;
}

}  // namespace

void schedule_reduction(State& state, int stage, int consumer, const ReductionPlan& plan, const Hardware& hardware) {
  const te::Tensor tensor = state.stage(stage).tensor;
  const auto n = static_cast<int>(tensor->axes.size());
  const std::vector<int> order = level_order(n, plan.vector_axis);
  const std::vector<int> splits = tile_stage(state, stage, plan, order);
  if (n == 0) return;

  for (int a = 0; a < n; ++a)
    apply(state, schedule::FollowSplitStep{consumer, 2 * a, splits[static_cast<std::size_t>(a)], 1});
  std::vector<int> loops;
  if (plan.vector_axis_outermost) loops.push_back(2 * plan.vector_axis);
  for (int a : order)
    if (a != plan.vector_axis || !plan.vector_axis_outermost) loops.push_back(2 * a);
  for (int a : order) loops.push_back(2 * a + 1);
  apply(state, schedule::ReorderStep{consumer, std::move(loops)});
  apply(state, schedule::ComputeAtStep{stage, consumer, n - 1});
  annotate_tile(state, consumer, n, order, plan);
  parallelize_outer_loops(state, consumer, n, work_of(*tensor), hardware.cores);
}

bool factor_contiguous_reduction(State& state, int stage, const Hardware& hardware) {
  const te::Tensor tensor = state.stage(stage).tensor;
  const std::vector<LoadStrides> loads = strides_of(*tensor);
  const int vector_axis = unit_stride_axis(*tensor);
  bool vectorizes = vector_axis >= 0;
  std::vector<bool> contiguous(tensor->reduce_axes.size(), false);
  for (const LoadStrides& load : loads) {
    if (vectorizes) {
      const auto& stride = load.spatial[static_cast<std::size_t>(vector_axis)];
      vectorizes = !stride || *stride == 0 || *stride == 1;
    }
    for (std::size_t r = 0; r < contiguous.size(); ++r)
      if (load.reduce[r] && *load.reduce[r] == 1) contiguous[r] = true;
  }
  if (vectorizes) return false;
  for (std::size_t r = contiguous.size(); r-- > 0;) {
    const std::int64_t extent = tensor->reduce_axes[r]->extent;
    if (!contiguous[r] || extent < 2 * hardware.vector_lanes) continue;
    const VectorWidth vector = best_vector_width(extent, hardware.vector_lanes, 1);
    if (extent % vector.width != 0 || vector.efficiency < 0.5) continue;
    const int loop = tensor.rank() + static_cast<int>(r);
    apply(state, schedule::SplitStep{stage, loop, extent, {vector.width}, true});
    apply(state, schedule::RfactorStep{stage, loop + 1, tensor.rank()});
    return true;
  }
  return false;
}

}  // namespace tilewright::space
