#include "space/defaults/plan.h"
#include "space/packed_layout.h"
#include "space/queries.h"
#include "space/register_tile.h"
#include "space/sample/annotation_rules.h"
#include "space/strides.h"

namespace tilewright::space {

using schedule::Annotation;
using schedule::State;

int parallelize_outer_loops(State& state, int stage, int loops, std::int64_t work, int cores) {
  if (work < kMinParallelWork || cores == 1) return 0;
  const schedule::Stage& s = state.stage(stage);
  std::int64_t degree = 1;
  int count = 0;
  while (count < loops && degree < 8 * std::int64_t{cores}) {
    if (count > 0 && state.has_attached(stage, count - 1)) break;
    degree *= s.iters[static_cast<std::size_t>(count++)].extent;
  }
  if (degree == 1) return 0;
  if (count > 1) apply(state, schedule::FuseStep{stage, range(0, count - 1)});
  apply(state, schedule::AnnotateStep{stage, 0, Annotation::parallel});
  return count;
}

int vectorize_elementwise(State& state, int stage, const Hardware& hardware) {
  const te::Operation& op = *state.stage(stage).tensor;
  const int axis = unit_stride_axis(op);
  if (axis < 0) return 0;
  constexpr int kMaxVectors = 2;
  const std::int64_t extent = op.axes[static_cast<std::size_t>(axis)]->extent;
  const VectorWidth vector = best_vector_width(extent, hardware.vector_lanes, kMaxVectors);
  int loops = static_cast<int>(op.axes.size());
  if (vector.width < extent) {
    apply(state, schedule::SplitStep{stage, axis, extent, {vector.width}, true});
    ++loops;
  }
  const int vector_loop = loops - static_cast<int>(op.axes.size()) + axis;
  if (vector_loop != loops - 1) {  // axes of one element come after it
    std::vector<int> order;
    for (int i = 0; i < loops; ++i)
      if (i != vector_loop) order.push_back(i);
    order.push_back(vector_loop);
    apply(state, schedule::ReorderStep{stage, std::move(order)});
  }
  if (vector.width > 1) apply(state, schedule::AnnotateStep{stage, loops - 1, Annotation::vectorize});
  return loops - 1;
}

void schedule_elementwise(State& state, int stage, const Hardware& hardware) {
  const int outer = vectorize_elementwise(state, stage, hardware);
  share_longer_axis(state, stage);
  parallelize_outer_loops(state, stage, outer, state.stage(stage).tensor->elements(), hardware.cores);
}

}  // namespace tilewright::space
