#include "cost/analytic/compute.h"

#include <algorithm>

#include "cost/analytic/block.h"
#include "cost/analytic/registers.h"

namespace tilewright::cost {
namespace {

constexpr double kConditionCycles = 1;  ///< of a guard that is tested
constexpr double kLoopCycles = 1;       ///< count, compare and branch
constexpr double kSlowFetch = 4;        ///< how much slower code beyond the instruction cache is fetched
constexpr double kReorder = 256;        ///< instructions in flight
constexpr double kEdge = 0.5;    ///< share of loading and storing accumulators around a block that it does not hide
constexpr double kOperands = 2;  ///< registers that updates need beside their accumulators

/// What one run of a block asks of the core.
struct Work {
  IssueCost operations, loads, stores;
  IssueCost edges;     ///< accumulators loaded where the block begins and stored where it ends
  double slow = 0;     ///< cycles of divisions and calls
  double spills = 0;   ///< registers that go to the stack and come back
  double latency = 0;  ///< cycles until the last accumulator is ready
  double instructions() const { return operations.instructions + loads.instructions + stores.instructions; }
};

class Compute {
 public:
  Compute(const Nest& nest, const Footprints& footprints, const Machine& machine)
      : nest_(nest), footprints_(footprints), machine_(machine) {}

  std::vector<LeafCompute> run() {
    std::vector<LeafCompute> all;
    double code_bytes = 0;
    for (const Leaf& leaf : nest_.leaves) {
      LeafCompute out;
      out.block = block_of(nest_, machine_, leaf);
      const Work work = work_of(leaf, out);
      out.guards = leaf.conditions * kConditionCycles * out.block.copies;
      out.per_block = cycles_of(work) + kLoopCycles + out.guards;
      out.arithmetic = work.operations.passes / machine_.fma_per_cycle + work.slow;
      out.instructions = work.instructions(), out.latency = work.latency, out.spills = work.spills;
      out.loads = work.loads.passes, out.stores = work.stores.passes;
      out.cycles = loop(out.block.steady).trips * leaf.share * out.per_block + edges_;
      code_bytes += out.instructions * kInstructionBytes;
      all.push_back(std::move(out));
    }
    const double beyond = std::max(0.0, code_bytes - machine_.code_bytes) / std::max(code_bytes, 1.0);
    for (LeafCompute& leaf : all) leaf.cycles *= 1 + beyond * (kSlowFetch - 1);
    return all;
  }

 private:
  const NestLoop& loop(int id) const { return nest_.loops[static_cast<std::size_t>(id)]; }

  /// Cycles of a load and a store, per pass.
  double both_ways() const { return 1 / machine_.loads_per_cycle + 1 / machine_.stores_per_cycle; }

  double cycles_of(const Work& work) const {
    const double ports = std::max(
        {work.operations.passes / machine_.fma_per_cycle + work.slow, work.loads.passes / machine_.loads_per_cycle,
         work.stores.passes / machine_.stores_per_cycle, work.instructions() / machine_.uops_per_cycle, work.latency});
    const double spilled_passes = work.spills * machine_.vector_bytes / machine_.unit_bytes;
    return ports + (spilled_passes + kEdge * work.edges.passes) * both_ways();
  }

  Work work_of(const Leaf& leaf, LeafCompute& out) {
    const StraightBlock& block = out.block;
    edges_ = 0;
    Work work;
    work.operations = block.per_operation * (block.copies * (leaf.ops.fused + leaf.ops.simple));
    work.slow = block.per_operation.instructions * block.copies * leaf.ops.slow;
    const loop::BufferId result = nest_.accesses[static_cast<std::size_t>(leaf.first_access)].buffer;
    for (int a = leaf.first_access; a < leaf.end_access; ++a) {
      const Access& access = nest_.accesses[static_cast<std::size_t>(a)];
      if (leaf.update && access.buffer == result) continue;
      const auto strides = footprints_.strides(a);
      const IssueCost per_copy = cost_of_access(block, strides);
      (access.write ? work.stores : work.loads) += per_copy * distinct_copies(block, strides);
      if (!access.write) out.waiting += waiting_copies(block, strides) * per_copy.instructions;
    }
    if (leaf.update) out.accumulators = accumulate(leaf, block, work);
    spill(out.accumulators, out.waiting, block, work);
    return work;
  }

  /// Loads, stores and waits of the elements that a reduction updates. Returns the registers that keep them, if any do.
  double accumulate(const Leaf& leaf, const StraightBlock& block, Work& work) {
    const auto strides = footprints_.strides(leaf.first_access);
    const IssueCost elements = cost_of_access(block, strides) * distinct_copies(block, strides);
    const int keeper = accumulator_loop(nest_, footprints_, leaf);
    const bool kept =
        keeper >= 0 && elements.instructions <= static_cast<double>(machine_.emitter_policy().most_accumulators());
    const bool across = kept && loop(keeper).depth <= loop(block.steady).depth;
    if (across) {
      const NestLoop& around = loop(keeper);
      edges_ = elements.passes * both_ways() * around.trips / static_cast<double>(around.extent);
    } else if (kept) {
      work.edges = elements;
    } else {
      work.loads += elements * block.chain, work.stores += elements * block.chain;
    }

    const double update = machine_.fma_latency + (kept ? 0 : machine_.forward_latency);
    const bool carried = loop(block.steady).reduction;
    work.latency = block.chain * update + (carried && !across && kept ? machine_.forward_latency : 0);
    if (!carried) work.latency *= std::min(1.0, work.instructions() / kReorder);
    return kept ? elements.instructions : 0;
  }

  /// Accumulators without a register go to the stack with every update, loaded values without one once.
  void spill(double accumulators, double waiting, const StraightBlock& block, Work& work) const {
    const double for_updates = std::max(0.0, accumulators + kOperands - machine_.registers);
    const double for_loads = std::max(0.0, accumulators + waiting + 1 - machine_.registers) - for_updates;
    work.spills = for_updates * block.chain + std::max(0.0, for_loads);
  }

  const Nest& nest_;
  const Footprints& footprints_;
  const Machine& machine_;
  double edges_ = 0;  ///< cycles of the leaf at hand that are spent where its reduction begins and ends
};

}  // namespace

std::vector<LeafCompute> compute_of(const Nest& nest, const Footprints& footprints, const Machine& machine) {
  return Compute(nest, footprints, machine).run();
}

}  // namespace tilewright::cost
