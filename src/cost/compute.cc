#include "cost/compute.h"

#include <algorithm>
#include <cmath>

#include "cost/registers.h"

namespace tilewright::cost {
namespace {

constexpr double kGatherCycles = 1.5;    ///< per element of a vector that is not contiguous: load and insert
constexpr double kInstructionBytes = 8;  ///< of a vector instruction with a memory operand
constexpr double kConditionCycles = 1;   ///< of a guard that is tested per iteration
constexpr double kLoopCycles = 1;        ///< count, compare and branch
constexpr double kSlowFetch = 4;         ///< how much slower code beyond the instruction cache is fetched

/// The straight code of one leaf: what one iteration of its steady loop runs.
struct Block {
  double copies = 1;          ///< of the statement, one per iteration of the unrolled loops
  double chain = 1;           ///< copies that update the same element
  double vectors = 1;         ///< registers per copy
  double lanes = 1;           ///< elements per copy
  int vector_depth = -1;      ///< of the vectorized loop
  std::vector<int> unrolled;  ///< depths
};

/// What the ports have to do for a block.
struct Work {
  double arithmetic = 0, loads = 0, stores = 0, latency = 0, live = 0;
  double instructions(const Machine& m) const { return arithmetic * m.fma_per_cycle + loads + stores; }
};

class Compute {
 public:
  Compute(const Nest& nest, const Footprints& footprints, const Machine& machine)
      : nest_(nest), footprints_(footprints), machine_(machine), in_registers_(register_buffers(nest, footprints)) {}

  std::vector<double> run() {
    std::vector<double> cycles;
    for (const Leaf& leaf : nest_.leaves) {
      const int steady = steady_loop(nest_, leaf);
      const Block block = block_of(leaf, steady);
      const double trips = loop(steady).trips * leaf.share;
      cycles.push_back(trips * (cycles_of(leaf, block, steady) + overhead(leaf, block)));
    }
    const double slower = fetch_slowdown();
    for (double& c : cycles) c *= slower;
    return cycles;
  }

 private:
  const NestLoop& loop(int id) const { return nest_.loops[static_cast<std::size_t>(id)]; }

  Block block_of(const Leaf& leaf, int steady) const {
    Block block;
    for (int id = leaf.loop; id != steady; id = loop(id).parent) {
      const auto extent = static_cast<double>(loop(id).extent);
      if (loop(id).kind == loop::LoopKind::vectorized) {
        block.lanes *= extent;
        block.vector_depth = loop(id).depth;
      } else {
        block.copies *= extent;
        block.unrolled.push_back(loop(id).depth);
        if (loop(id).reduction) block.chain *= extent;
      }
    }
    block.vectors = std::ceil(block.lanes * leaf.element_bytes / machine_.vector_bytes);
    return block;
  }

  const NestLoop& loop_at(const Leaf& leaf, int depth) const {
    int id = leaf.loop;
    while (loop(id).depth > depth) id = loop(id).parent;
    return loop(id);
  }

  /// Copies that need an access of their own: the others find its value in a register. `one_step`: among the copies
  /// that belong to one step of the reduction.
  double distinct_copies(const Leaf& leaf, const Block& block, std::span<const double> strides,
                         bool one_step = false) const {
    double distinct = 1;
    for (int depth : block.unrolled) {
      const NestLoop& l = loop_at(leaf, depth);
      if (strides[static_cast<std::size_t>(depth)] != 0 && !(one_step && l.reduction))
        distinct *= static_cast<double>(l.extent);
    }
    return distinct;
  }

  /// Registers, or port cycles, of one access by one copy.
  double cost_of_access(const Block& block, std::span<const double> strides) const {
    if (block.vector_depth < 0) return 1;
    const double stride = strides[static_cast<std::size_t>(block.vector_depth)];
    if (stride == 0) return 1;  // one element for all lanes
    return stride == 1 ? block.vectors : block.lanes * kGatherCycles;
  }

  double cycles_of(const Leaf& leaf, const Block& block, int steady) const {
    Work work = work_of(leaf, block, steady);
    const double instructions = work.instructions(machine_) / machine_.uops_per_cycle;
    return std::max({work.arithmetic, work.loads / machine_.loads_per_cycle, work.stores / machine_.stores_per_cycle,
                     instructions, work.latency});
  }

  Work work_of(const Leaf& leaf, const Block& block, int steady) const {
    Work work;
    const double operations = leaf.ops.fused + leaf.ops.simple;
    work.arithmetic = block.copies * block.vectors * (operations / machine_.fma_per_cycle + leaf.ops.slow);
    const loop::BufferId result = nest_.accesses[static_cast<std::size_t>(leaf.first_access)].buffer;
    double accumulators = 0, reused = 0;
    for (int a = leaf.first_access; a < leaf.end_access; ++a) {
      const Access& access = nest_.accesses[static_cast<std::size_t>(a)];
      const auto strides = footprints_.strides(a);
      const double distinct = distinct_copies(leaf, block, strides);
      const double cost = distinct * cost_of_access(block, strides);
      if (access.buffer == result && access.write) accumulators = distinct * block.vectors;
      if (in_registers_[static_cast<std::size_t>(access.buffer)]) continue;
      (access.write ? work.stores : work.loads) += cost;
      const double step = distinct_copies(leaf, block, strides, true) * cost_of_access(block, strides);
      if (!access.write && access.buffer != result && distinct < block.copies)
        reused = reused == 0 ? step : std::min(reused, step);
    }
    work.live = accumulators + reused + 1;
    if (!leaf.update) return work;
    const bool kept = in_registers_[static_cast<std::size_t>(result)];
    if (kept && work.live > machine_.registers) {
      const double spilled = (work.live - machine_.registers) * block.chain;
      work.loads += spilled, work.stores += spilled;
    }
    // Copies in a chain wait for each other; across iterations only if the loop updates the same elements again.
    const bool carried = loop(steady).reduction;
    const double latency = machine_.fma_latency + (kept ? 0 : machine_.forward_latency);
    if (carried || block.chain > 1) work.latency = block.chain * latency;
    return work;
  }

  double overhead(const Leaf& leaf, const Block& block) const {
    return kLoopCycles + leaf.conditions * kConditionCycles * (leaf.conditions > 0 ? block.copies : 1);
  }

  double fetch_slowdown() const {
    double bytes = 0;
    for (const Leaf& leaf : nest_.leaves) {
      const Block block = block_of(leaf, steady_loop(nest_, leaf));
      bytes += block.copies * block.vectors * (leaf.end_access - leaf.first_access) * kInstructionBytes;
    }
    const double beyond = std::max(0.0, bytes - machine_.code_bytes) / std::max(bytes, 1.0);
    return 1 + beyond * (kSlowFetch - 1);
  }

  const Nest& nest_;
  const Footprints& footprints_;
  const Machine& machine_;
  std::vector<bool> in_registers_;
};

}  // namespace

std::vector<double> compute_cycles(const Nest& nest, const Footprints& footprints, const Machine& machine) {
  return Compute(nest, footprints, machine).run();
}

}  // namespace tilewright::cost
