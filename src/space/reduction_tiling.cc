#include "space/reduction_tiling.h"

#include <algorithm>
#include <numeric>

namespace tilewright::space {
namespace {

constexpr double kGatherCycles = 12;

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

/// Elements of a vector that is gathered whose cache lines survive until the reduction comes to their neighbours.
std::int64_t gathered_in_cache(const std::vector<LoadStrides>& loads, std::size_t axis, bool& gathers) {
  std::int64_t most = 64;
  for (const LoadStrides& load : loads) {
    if (load.spatial[axis] && std::abs(*load.spatial[axis]) <= 1) continue;
    gathers = true;
    most = std::min(most, rows_in_cache({load}, axis));
  }
  return most;
}

}  // namespace

ReductionTiling reduction_tiling(const te::Operation& op, const std::vector<LoadStrides>& loads) {
  ReductionTiling tiling;
  tiling.vector_axis = unit_stride_axis(op);
  if (tiling.vector_axis < 0) return tiling;
  const auto vector_axis = static_cast<std::size_t>(tiling.vector_axis);
  TileProblem& problem = tiling.problem;
  problem.vector_extent = op.axes[vector_axis]->extent;
  problem.vector_run = constant_run(op, *op.axes[vector_axis]);
  for (std::size_t a = vector_axis; a-- > 0;) {
    if (op.axes[a]->extent == 1 || !reuses_vectors(loads, a, vector_axis)) continue;
    tiling.row_axes.push_back(static_cast<int>(a));
    problem.row_extents.push_back(op.axes[a]->extent);
    problem.max_rows = std::min(problem.max_rows, rows_in_cache(loads, a));
  }
  problem.rows_are_vectors = std::any_of(loads.begin(), loads.end(), [&](const LoadStrides& load) {
    return !is_zero(load.spatial[vector_axis]) &&
           std::any_of(tiling.row_axes.begin(), tiling.row_axes.end(),
                       [&](int a) { return !is_zero(load.spatial[static_cast<std::size_t>(a)]); });
  });
  bool gathers = false;
  problem.max_width = gathered_in_cache(loads, vector_axis, gathers);
  if (gathers) problem.vector_load_cycles = kGatherCycles;
  return tiling;
}

}  // namespace tilewright::space
