#include "cost/block.h"

#include "cost/registers.h"

namespace tilewright::cost {
namespace {

constexpr double kGatherInstructions = 1.5;  ///< per element of a vector that is not contiguous: load and insert

}  // namespace

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
  block.vectors = vectors_of(block.lanes, leaf.element_bytes, machine.vector_bytes);
  return block;
}

double distinct_copies(const StraightBlock& block, std::span<const double> strides, bool one_step) {
  double distinct = 1;
  for (const NestLoop* loop : block.unrolled)
    if (strides[static_cast<std::size_t>(loop->depth)] != 0 && !(one_step && loop->reduction))
      distinct *= static_cast<double>(loop->extent);
  return distinct;
}

double instructions_per_copy(const StraightBlock& block, std::span<const double> strides) {
  if (block.vector_depth < 0) return 1;
  const double stride = strides[static_cast<std::size_t>(block.vector_depth)];
  if (stride == 0) return 1;
  return stride == 1 ? block.vectors : block.lanes * kGatherInstructions;
}

}  // namespace tilewright::cost
