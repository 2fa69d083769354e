#include "space/packed_layout.h"

#include <algorithm>
#include <numeric>

#include "space/queries.h"
#include "space/strides.h"

namespace tilewright::space {

void share_longer_axis(schedule::State& state, int stage) {
  const schedule::Stage& s = state.stage(stage);
  const te::Operation& op = *s.tensor;
  const int axis = unit_stride_axis(op);
  // Whole vectors are no loop, and axes of one element may come after the one that is cut.
  if (axis < 1 || axis + 1 != static_cast<int>(op.axes.size()) || s.iters.size() != op.axes.size() + 1) return;
  if (!op.reduce_axes.empty() || s.iters.back().annotation != schedule::Annotation::vectorize) return;
  const std::int64_t vectors = s.iters[static_cast<std::size_t>(axis)].extent;
  for (const LoadStrides& load : strides_of(op))
    for (int a = 0; a < axis; ++a) {
      const bool runs_along = load.spatial[static_cast<std::size_t>(a)] == 1;
      if (!runs_along || vectors <= op.axes[static_cast<std::size_t>(a)]->extent) continue;
      std::vector<int> order(s.iters.size());
      std::iota(order.begin(), order.end(), 0);
      std::rotate(order.begin(), order.begin() + axis, order.begin() + axis + 1);
      apply(state, schedule::ReorderStep{stage, std::move(order)});
      return;
    }
}

}  // namespace tilewright::space
