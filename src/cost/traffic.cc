#include "cost/traffic.h"

#include <algorithm>

namespace tilewright::cost {
namespace {

/// Share of a cache that data which is reused can hold; the rest goes to what streams past.
constexpr double kUsable = 0.8;

/// The outermost loop around `leaf` of which one iteration fits `capacity`, as a depth; the innermost one if none does.
int resident_depth(const Nest& nest, const Footprints& footprints, const Leaf& leaf, double capacity) {
  int loop = leaf.loop;
  while (loop > 0) {
    const int outer = nest.loops[static_cast<std::size_t>(loop)].parent;
    if (footprints.body_bytes(outer) > capacity) break;
    loop = outer;
  }
  return nest.loops[static_cast<std::size_t>(loop)].depth;
}

/// Iterations of the loop at `depth` around `leaf` in one run of the program.
double trips_at(const Nest& nest, const Leaf& leaf, int depth) {
  int loop = leaf.loop;
  while (nest.loops[static_cast<std::size_t>(loop)].depth > depth)
    loop = nest.loops[static_cast<std::size_t>(loop)].parent;
  return nest.loops[static_cast<std::size_t>(loop)].trips;
}

}  // namespace

std::vector<Traffic> traffic_of(const Nest& nest, const Footprints& footprints, const Machine& machine) {
  std::vector<Traffic> all(nest.leaves.size());
  std::vector<double> moved(nest.program->buffers.size(), 0);
  for (std::size_t l = 0; l < nest.leaves.size(); ++l) {
    const Leaf& leaf = nest.leaves[l];
    for (int c = 0; c < Machine::kLevels; ++c) {
      const int depth = resident_depth(nest, footprints, leaf, machine.capacity[c] * kUsable);
      if (depth == 0) continue;
      const double times = trips_at(nest, leaf, depth - 1) * leaf.share;
      double sum = 0;
      for (int a = leaf.first_access; a < leaf.end_access; ++a) {
        const Access& access = nest.accesses[static_cast<std::size_t>(a)];
        const double bytes = footprints.bytes(a)[static_cast<std::size_t>(depth)] * times * (access.write ? 2 : 1);
        double& before = moved[static_cast<std::size_t>(access.buffer)];  // accesses to one buffer share their lines
        sum += std::max(0.0, bytes - before);
        before = std::max(before, bytes);
      }
      for (int a = leaf.first_access; a < leaf.end_access; ++a)
        moved[static_cast<std::size_t>(nest.accesses[static_cast<std::size_t>(a)].buffer)] = 0;
      all[l].bytes[c] = sum;
    }
  }
  return all;
}

}  // namespace tilewright::cost
