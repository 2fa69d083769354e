#include "cost/analytic/traffic.h"

#include <algorithm>
#include <cmath>

namespace tilewright::cost {
namespace {

/// Share of a cache that data which is reused can hold; the rest goes to what streams past.
constexpr double kUsable = 0.8;

/// The part of the caches' behaviour that differs from level to level.
struct Cache {
  double usable_bytes;
  double ways;  ///< lines of one access that fit a set; infinite where addresses are spread by paging
};

class Flow {
 public:
  Flow(const Nest& nest, const Footprints& footprints)
      : nest_(nest), footprints_(footprints), moved_(nest.program->buffers.size(), 0) {}

  /// Bytes that a leaf moves into `cache`.
  double bytes_into(const Cache& cache, const Leaf& leaf) {
    double sum = 0;
    for (int a = leaf.first_access; a < leaf.end_access; ++a) {
      const Access& access = nest_.accesses[static_cast<std::size_t>(a)];
      const int loop = outermost_resident(cache, leaf, a);
      if (loop == 0) continue;
      const NestLoop& l = nest_.loops[static_cast<std::size_t>(loop)];
      const double times = nest_.loops[static_cast<std::size_t>(l.parent)].trips * leaf.share;
      const double bytes = footprints_.bytes(a)[static_cast<std::size_t>(l.depth)] * times * (access.write ? 2 : 1);
      double& before = moved_[static_cast<std::size_t>(access.buffer)];  // accesses to one buffer share their lines
      sum += std::max(0.0, bytes - before);
      before = std::max(before, bytes);
    }
    for (int a = leaf.first_access; a < leaf.end_access; ++a)
      moved_[static_cast<std::size_t>(nest_.accesses[static_cast<std::size_t>(a)].buffer)] = 0;
    return sum;
  }

 private:
  /// The outermost loop around a leaf of which one iteration fits; the innermost one if none does.
  int outermost_resident(const Cache& cache, const Leaf& leaf, int access) const {
    const auto ways = footprints_.ways(access);
    int loop = leaf.loop;
    while (loop > 0) {
      const NestLoop& l = nest_.loops[static_cast<std::size_t>(loop)];
      if (footprints_.body_bytes(l.parent) > cache.usable_bytes || ways[static_cast<std::size_t>(l.depth)] > cache.ways)
        break;
      loop = l.parent;
    }
    return loop;
  }

  const Nest& nest_;
  const Footprints& footprints_;
  std::vector<double> moved_;  ///< per buffer, of the leaf at hand
};

}  // namespace

std::vector<Traffic> traffic_of(const Nest& nest, const Footprints& footprints, const Machine& machine) {
  std::vector<Traffic> all(nest.leaves.size());
  Flow flow(nest, footprints);
  for (int c = 0; c < Machine::kLevels; ++c) {
    const Cache cache{machine.capacity[c] * kUsable, c == 0 ? machine.l1_ways() : HUGE_VAL};
    for (std::size_t l = 0; l < nest.leaves.size(); ++l) all[l].bytes[c] = flow.bytes_into(cache, nest.leaves[l]);
  }
  return all;
}

}  // namespace tilewright::cost
