#include <algorithm>

#include "space/defaults/plan.h"
#include "space/queries.h"
#include "space/register_tile.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

constexpr std::int64_t kMinRows = 4;

/// Vectors across the reduction pay: their elements are neighbours, or many rows use each vector that is gathered.
bool vectorizes_across(const te::Operation& op, const std::vector<LoadStrides>& loads) {
  const int vector_axis = unit_stride_axis(op);
  if (vector_axis < 0) return false;
  const auto v = static_cast<std::size_t>(vector_axis);
  for (std::size_t a = 0; a < v; ++a)
    if (op.axes[a]->extent >= kMinRows && reuses_vectors(loads, a, v)) return true;
  return std::all_of(loads.begin(), loads.end(), [v](const LoadStrides& load) {
    return !load.spatial[v] || *load.spatial[v] == 0 || *load.spatial[v] == 1;
  });
}

bool is_contiguous(const std::vector<LoadStrides>& loads, std::size_t reduce_axis) {
  return std::any_of(loads.begin(), loads.end(), [&](const LoadStrides& load) {
    return load.reduce[reduce_axis] && *load.reduce[reduce_axis] == 1;
  });
}

}  // namespace

bool factor_contiguous_reduction(schedule::State& state, int stage, const Hardware& hardware) {
  const te::Tensor tensor = state.stage(stage).tensor;
  const std::vector<LoadStrides> loads = strides_of(*tensor);
  if (vectorizes_across(*tensor, loads)) return false;
  for (std::size_t r = tensor->reduce_axes.size(); r-- > 0;) {
    const std::int64_t extent = tensor->reduce_axes[r]->extent;
    if (!is_contiguous(loads, r) || extent < 2 * hardware.vector_lanes) continue;
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
