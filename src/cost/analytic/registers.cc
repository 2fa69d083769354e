#include "cost/analytic/registers.h"

namespace tilewright::cost {
namespace {

bool is_counted(const NestLoop& loop) {
  return loop.kind == loop::LoopKind::serial || loop.kind == loop::LoopKind::parallel;
}

}  // namespace

int steady_loop(const Nest& nest, const Leaf& leaf) {
  int loop = leaf.loop;
  while (loop > 0 && !is_counted(nest.loops[static_cast<std::size_t>(loop)]))
    loop = nest.loops[static_cast<std::size_t>(loop)].parent;
  return loop;
}

int accumulator_loop(const Nest& nest, const Footprints& footprints, const Leaf& leaf) {
  if (!leaf.update || leaf.conditions > 0) return -1;
  const auto strides = footprints.strides(leaf.first_access);
  int found = -1;
  for (int loop = leaf.loop; loop > 0; loop = nest.loops[static_cast<std::size_t>(loop)].parent) {
    const NestLoop& l = nest.loops[static_cast<std::size_t>(loop)];
    if (l.kind == loop::LoopKind::parallel) break;
    if (is_counted(l) && strides[static_cast<std::size_t>(l.depth)] != 0) break;
    if (l.reduction) found = loop;
  }
  return found;
}

}  // namespace tilewright::cost
