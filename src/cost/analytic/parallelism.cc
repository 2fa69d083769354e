#include "cost/analytic/parallelism.h"

#include <cmath>

namespace tilewright::cost {

std::vector<Parallelism> parallelism_of(const Nest& nest, const Machine& machine) {
  std::vector<Parallelism> all;
  int charged = -1;
  for (const Leaf& leaf : nest.leaves) {
    Parallelism parallelism;
    for (int id = leaf.loop; id > 0; id = nest.loops[static_cast<std::size_t>(id)].parent) {
      const NestLoop& loop = nest.loops[static_cast<std::size_t>(id)];
      if (loop.kind != loop::LoopKind::parallel) continue;
      const auto extent = static_cast<double>(loop.extent);
      parallelism.cores = extent / std::ceil(extent / machine.cores);
      if (charged != id) parallelism.fork_cycles = machine.fork_cycles * loop.trips / extent;
      charged = id;
    }
    all.push_back(parallelism);
  }
  return all;
}

}  // namespace tilewright::cost
