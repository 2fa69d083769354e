#include <algorithm>
#include <numeric>

#include "base/integer.h"
#include "space/defaults/plan.h"
#include "space/reduction_tiling.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

constexpr std::int64_t kMaxUnrolledBody = 160;  ///< vector operations in one straight line
constexpr std::int64_t kMaxStreamed = 8;        ///< second-level caches; what is larger comes from memory each time
constexpr std::int64_t kMinBody = 24;           ///< fewer, and loop overhead shows

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

std::int64_t largest_divisor(std::int64_t n, std::int64_t most) {
  std::int64_t best = 1;
  for (std::int64_t divisor : divisors(n))
    if (divisor <= most) best = divisor;
  return best;
}

/// Blocks for a product whose operands both outgrow the caches: a chunk of one operand's panel stays in L1
/// while all rows of a block of the other pass in L2 (Goto, van de Geijn, ACM TOMS 34(3), 2008, with the loops that a
/// sketch has).
void plan_blocks(const te::Operation& op, const std::vector<int>& row_axes, const Hardware& hardware,
                 ReductionPlan& plan) {
  std::vector<std::size_t> reductions;
  for (std::size_t r = 0; r < op.reduce_axes.size(); ++r)
    if (op.reduce_axes[r]->extent > 1) reductions.push_back(r);
  if (reductions.size() != 1 || row_axes.empty()) return;
  const std::size_t r = reductions[0], v = static_cast<std::size_t>(plan.vector_axis),
                    i = static_cast<std::size_t>(row_axes[0]);
  const std::int64_t element = bytes_of(op.type), steps = op.reduce_axes[r]->extent / plan.unroll[r];
  const std::int64_t panel_step = plan.tile[v] * element * plan.unroll[r];
  const std::int64_t chunk = largest_divisor(steps, std::max<std::int64_t>(1, hardware.l1d_bytes / 2 / panel_step));
  const std::int64_t depth = chunk * plan.unroll[r];
  if (depth < 32 || chunk == steps) return;

  const auto tiles = [&](std::size_t axis) { return ceil_div(op.axes[axis]->extent, plan.tile[axis]); };
  const std::int64_t most_elements = hardware.l2_bytes / 4 / element / depth;
  plan.chunk[r] = chunk;
  plan.block[i] = largest_divisor(tiles(i), std::max<std::int64_t>(1, most_elements / 2 / plan.tile[i]));
  std::int64_t blocks = product(op.shape) / (op.axes[i]->extent * op.axes[v]->extent) * (tiles(i) / plan.block[i]);
  const std::int64_t wanted = hardware.cores > 1 ? 4 * std::int64_t{hardware.cores} : 1;
  std::int64_t most = std::max<std::int64_t>(1, most_elements / plan.tile[v]);
  while (most > 1 && blocks * (tiles(v) / largest_divisor(tiles(v), most)) < wanted) --most;
  plan.block[v] = largest_divisor(tiles(v), most);
}

/// Bytes that a load touches at most.
std::int64_t touched_bytes(const te::Operation& op, const LoadStrides& load) {
  std::int64_t touched = 1;
  for (std::size_t a = 0; a < op.axes.size(); ++a)
    if (!is_zero(load.spatial[a])) touched *= op.axes[a]->extent;
  for (std::size_t r = 0; r < op.reduce_axes.size(); ++r)
    if (!is_zero(load.reduce[r])) touched *= op.reduce_axes[r]->extent;
  return std::min(touched, load.tensor->elements()) * bytes_of(load.tensor->type);
}

/// Bytes of operands that move along rows (data), and of those that only move along vectors (weights).
struct OperandBytes {
  std::int64_t data = 0, weights = 0;
};
OperandBytes operand_bytes(const te::Operation& op, const std::vector<LoadStrides>& loads,
                           const std::vector<int>& row_axes) {
  OperandBytes bytes;
  for (const LoadStrides& load : loads) {
    const bool moves = std::any_of(row_axes.begin(), row_axes.end(),
                                   [&](int axis) { return !is_zero(load.spatial[static_cast<std::size_t>(axis)]); });
    (moves ? bytes.data : bytes.weights) += touched_bytes(op, load);
  }
  return bytes;
}

}  // namespace

bool ReductionPlan::is_blocked() const {
  return std::any_of(chunk.begin(), chunk.end(), [](std::int64_t c) { return c > 0; });
}

ReductionPlan plan_reduction(const te::Operation& op, const Hardware& hardware) {
  ReductionPlan plan;
  plan.tile.assign(op.axes.size(), 1);
  plan.vector_axis = unit_stride_axis(op);
  plan.block.assign(op.axes.size(), 1);
  plan.chunk.assign(op.reduce_axes.size(), 0);
  plan.unroll.assign(op.reduce_axes.size(), 1);
  if (plan.vector_axis < 0) return plan;

  const auto vector_axis = static_cast<std::size_t>(plan.vector_axis);
  const std::vector<LoadStrides> loads = strides_of(op);
  const ReductionTiling tiling = reduction_tiling(op, loads);
  const std::vector<int>& row_axes = tiling.row_axes;
  const RegisterTile tile = choose_register_tile(tiling.problem, hardware);
  std::int64_t body = tile.vector.vectors;
  for (std::size_t i = 0; i < row_axes.size(); ++i) {
    plan.tile[static_cast<std::size_t>(row_axes[i])] = tile.rows[i];
    body *= tile.rows[i];
  }
  plan.tile[vector_axis] = tile.vector.width;
  plan.unroll = plan_unroll(op, body);
  if (row_axes.empty()) return plan;
  const OperandBytes bytes = operand_bytes(op, loads, row_axes);
  plan.vector_axis_outermost = bytes.weights > hardware.l2_bytes / 2;
  if (std::min(bytes.weights, bytes.data) > kMaxStreamed * hardware.l2_bytes) plan_blocks(op, row_axes, hardware, plan);
  return plan;
}

}  // namespace tilewright::space
