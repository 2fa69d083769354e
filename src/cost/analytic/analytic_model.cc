#include "cost/analytic/analytic_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel_for.h"

namespace tilewright::cost {
namespace {

/// Share of a term that the largest term does not hide.
constexpr double kOverlap = 0.25;

int top_level(const Nest& nest, int loop) {
  while (loop > 0 && nest.loops[static_cast<std::size_t>(loop)].parent != 0)
    loop = nest.loops[static_cast<std::size_t>(loop)].parent;
  return loop;
}

double combine(const Estimate& nest) {
  double largest = nest.compute, sum = nest.compute;
  for (double cycles : nest.traffic) largest = std::max(largest, cycles), sum += cycles;
  return largest + kOverlap * (sum - largest) + nest.fork;
}

Estimate leaf_alone(const LeafCompute& compute, const Traffic& traffic, const Parallelism& parallelism,
                    const Machine& machine) {
  Estimate leaf;
  leaf.compute = compute.cycles / parallelism.cores;
  for (int c = 0; c < Machine::kLevels; ++c)
    leaf.traffic[c] = traffic.bytes[c] / machine.bytes_per_cycle[c] / parallelism.cores;
  leaf.fork = parallelism.fork_cycles;
  leaf.cycles = combine(leaf);
  return leaf;
}

}  // namespace

Estimate& Estimate::operator+=(const Estimate& other) {
  cycles += other.cycles, compute += other.compute, fork += other.fork;
  for (int c = 0; c < Machine::kLevels; ++c) traffic[c] += other.traffic[c];
  return *this;
}

Analysis::Analysis(const loop::Program& program, const Machine& machine)
    : nest(flatten(program)),
      footprints(nest, machine),
      compute(compute_of(nest, footprints, machine)),
      traffic(traffic_of(nest, footprints, machine)),
      parallelism(parallelism_of(nest, machine)) {
  Estimate part;
  std::size_t first = 0;
  double separate = 0;  // cycles of the leaves of the nest at hand, if they did not overlap with each other
  for (std::size_t l = 0; l < nest.leaves.size(); ++l) {
    leaves.push_back(leaf_alone(compute[l], traffic[l], parallelism[l], machine));
    part += leaves.back();
    separate += leaves.back().cycles;
    const bool ends =
        l + 1 == nest.leaves.size() || top_level(nest, nest.leaves[l + 1].loop) != top_level(nest, nest.leaves[l].loop);
    if (!ends) continue;
    part.cycles = combine(part);
    total += part;
    for (; first <= l; ++first) leaves[first].cycles *= separate > 0 ? part.cycles / separate : 0;
    part = {}, separate = 0;
  }
}

Estimate estimate(const loop::Program& program, const Machine& machine) { return Analysis(program, machine).total; }

std::vector<double> AnalyticCostModel::predict(const task::Task&, std::span<const backend::ScheduledProgram> programs) {
  std::vector<double> scores(programs.size(), -std::numeric_limits<double>::infinity());
  parallel_for(static_cast<int>(programs.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (const auto& program = programs[at].program()) scores[at] = -std::log2(1 + estimate(*program, machine_).cycles);
    programs[at].forget_program();
  });
  return scores;
}

}  // namespace tilewright::cost
