#include "cost/registers.h"

namespace tilewright::cost {
namespace {

bool is_counted(const NestLoop& loop) {
  return loop.kind == loop::LoopKind::serial || loop.kind == loop::LoopKind::parallel;
}

}  // namespace

std::vector<bool> register_buffers(const Nest& nest, const Footprints& footprints) {
  std::vector<bool> in_registers;
  for (const loop::Buffer& buffer : nest.program->buffers) in_registers.push_back(buffer.scope == loop::Scope::local);
  for (std::size_t a = 0; a < nest.accesses.size(); ++a) {
    const Access& access = nest.accesses[a];
    const auto strides = footprints.strides(static_cast<int>(a));
    for (int loop = nest.leaves[static_cast<std::size_t>(access.leaf)].loop; loop > 0;) {
      const NestLoop& l = nest.loops[static_cast<std::size_t>(loop)];
      if (is_counted(l) && strides[static_cast<std::size_t>(l.depth)] != 0)
        in_registers[static_cast<std::size_t>(access.buffer)] = false;
      loop = l.parent;
    }
  }
  return in_registers;
}

int steady_loop(const Nest& nest, const Leaf& leaf) {
  int loop = leaf.loop;
  while (loop > 0 && !is_counted(nest.loops[static_cast<std::size_t>(loop)]))
    loop = nest.loops[static_cast<std::size_t>(loop)].parent;
  return loop;
}

}  // namespace tilewright::cost
