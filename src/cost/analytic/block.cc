#include "cost/analytic/block.h"

#include <cmath>

#include "cost/analytic/registers.h"

namespace tilewright::cost {
namespace {

constexpr double kGather = 1.5;  ///< instructions per element of a vector that is not contiguous: load and insert

}  // namespace

IssueCost cost_of_lanes(const Machine& machine, std::int64_t lanes, double element_bytes) {
  IssueCost cost;
  machine.emitter_policy().for_each_chunk(0, lanes, [&](std::int64_t, std::int64_t count, std::int64_t) {
    const double bytes = static_cast<double>(count) * element_bytes;
    cost += {std::ceil(bytes / machine.vector_bytes), std::ceil(bytes / machine.unit_bytes)};
  });
  return cost;
}

StraightBlock block_of(const Nest& nest, const Machine& machine, const Leaf& leaf) {
  StraightBlock block;
  block.steady = steady_loop(nest, leaf);
  for (int id = leaf.loop; id != block.steady; id = nest.loops[static_cast<std::size_t>(id)].parent) {
    const NestLoop& loop = nest.loops[static_cast<std::size_t>(id)];
    const auto extent = static_cast<double>(loop.extent);
    if (loop.kind == loop::LoopKind::vectorized) {
      block.lanes *= extent;
      block.vector_depth = loop.depth;
    } else {
      block.copies *= extent;
      block.unrolled.push_back(&loop);
      if (loop.reduction) block.chain *= extent;
    }
  }
  block.per_operation = cost_of_lanes(machine, static_cast<std::int64_t>(block.lanes), leaf.element_bytes);
  return block;
}

double distinct_copies(const StraightBlock& block, std::span<const double> strides) {
  double distinct = 1;
  for (const NestLoop* loop : block.unrolled)
    if (strides[static_cast<std::size_t>(loop->depth)] != 0) distinct *= static_cast<double>(loop->extent);
  return distinct;
}

double waiting_copies(const StraightBlock& block, std::span<const double> strides) {
  double distinct = 1, waiting = 0;
  for (const NestLoop* loop : block.unrolled) {
    if (strides[static_cast<std::size_t>(loop->depth)] != 0)
      distinct *= static_cast<double>(loop->extent);
    else if (loop->extent > 1)
      waiting = distinct;
  }
  return waiting;
}

IssueCost cost_of_access(const StraightBlock& block, std::span<const double> strides) {
  if (block.vector_depth < 0) return {1, 1};
  const double stride = strides[static_cast<std::size_t>(block.vector_depth)];
  if (stride == 0) return {1, 1};
  return stride == 1 ? block.per_operation : IssueCost{kGather, kGather} * block.lanes;
}

}  // namespace tilewright::cost
