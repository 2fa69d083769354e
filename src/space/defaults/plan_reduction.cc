#include <algorithm>
#include <numeric>

#include "base/integer.h"
#include "space/defaults/plan.h"
#include "space/register_tile.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

constexpr std::int64_t kMaxUnrolledBody = 160;  ///< vector operations in one straight line
constexpr std::int64_t kMinBody = 24;           ///< fewer, and loop overhead shows

bool is_zero(const std::optional<std::int64_t>& stride) { return stride && *stride == 0; }

/// Rows along this axis use each vector that is loaded more than once.
bool reuses_vectors(const std::vector<LoadStrides>& loads, std::size_t axis, std::size_t vector_axis) {
  return std::any_of(loads.begin(), loads.end(), [&](const LoadStrides& load) {
    return !is_zero(load.spatial[vector_axis]) && is_zero(load.spatial[axis]);
  });
}

/// Rows whose elements fall into the same cache set evict each other: L1 has 8 ways of 4 KiB.
std::int64_t rows_in_cache(const std::vector<LoadStrides>& loads, std::size_t axis) {
  constexpr std::int64_t kWays = 8, kWayBytes = 4096;
  std::int64_t most = 64;
  for (const LoadStrides& load : loads) {
    if (!load.spatial[axis] || *load.spatial[axis] == 0) continue;
    const std::int64_t pitch = std::abs(*load.spatial[axis]) * bytes_of(load.tensor->type);
    most = std::min(most, kWays * (kWayBytes / std::gcd(pitch, kWayBytes)));
  }
  return most;
}

/// Unrolls reduction axes from the innermost on while the body stays short; then at most a part of one.
std::vector<std::int64_t> plan_unroll(const te::Operation& op, std::int64_t body) {
  std::vector<std::int64_t> unroll(op.reduce_axes.size(), 1);
  for (std::size_t r = unroll.size(); r-- > 0;) {
    const std::int64_t extent = op.reduce_axes[r]->extent;
    if (extent <= 8 && body * extent <= kMaxUnrolledBody) {
      unroll[r] = extent;
      body *= extent;
      continue;
    }
    for (std::int64_t part : {4, 2})
      if (body < kMinBody && extent % part == 0 && body * part <= kMaxUnrolledBody) {
        unroll[r] = part;
        body *= part;
      }
    break;
  }
  return unroll;
}

/// Bytes of the operands that the vector axis walks and no row axis does: weights.
std::int64_t bytes_along_vectors(const std::vector<LoadStrides>& loads, const std::vector<int>& row_axes,
                                 std::size_t vector_axis) {
  std::int64_t bytes = 0;
  for (const LoadStrides& load : loads) {
    const bool constant_over_rows = std::all_of(row_axes.begin(), row_axes.end(), [&](int axis) {
      return is_zero(load.spatial[static_cast<std::size_t>(axis)]);
    });
    if (constant_over_rows && !is_zero(load.spatial[vector_axis]))
      bytes += load.tensor->elements() * bytes_of(load.tensor->type);
  }
  return bytes;
}

}  // namespace

ReductionPlan plan_reduction(const te::Operation& op, const Hardware& hardware) {
  ReductionPlan plan;
  plan.tile.assign(op.axes.size(), 1);
  plan.vector_axis = unit_stride_axis(op);
  plan.unroll.assign(op.reduce_axes.size(), 1);
  if (plan.vector_axis < 0) return plan;

  const auto vector_axis = static_cast<std::size_t>(plan.vector_axis);
  const std::vector<LoadStrides> loads = strides_of(op);
  TileProblem problem;
  problem.vector_extent = op.axes[vector_axis]->extent;
  problem.vector_run = constant_run(op, *op.axes[vector_axis]);
  std::vector<int> row_axes;
  for (std::size_t a = vector_axis; a-- > 0;) {
    if (op.axes[a]->extent == 1 || !reuses_vectors(loads, a, vector_axis)) continue;
    row_axes.push_back(static_cast<int>(a));
    problem.row_extents.push_back(op.axes[a]->extent);
    problem.max_rows = std::min(problem.max_rows, rows_in_cache(loads, a));
  }
  const RegisterTile tile = choose_register_tile(problem, hardware);
  std::int64_t body = tile.vector.vectors;
  for (std::size_t i = 0; i < row_axes.size(); ++i) {
    plan.tile[static_cast<std::size_t>(row_axes[i])] = tile.rows[i];
    body *= tile.rows[i];
  }
  plan.tile[vector_axis] = tile.vector.width;
  plan.unroll = plan_unroll(op, body);
  plan.vector_axis_outermost =
      !row_axes.empty() && bytes_along_vectors(loads, row_axes, vector_axis) > hardware.l2_bytes / 2;
  return plan;
}

}  // namespace tilewright::space
