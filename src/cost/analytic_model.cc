#include "cost/analytic_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel_for.h"
#include "cost/compute.h"
#include "cost/parallelism.h"
#include "cost/traffic.h"
#include "loop/lower.h"

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

}  // namespace

Estimate estimate(const loop::Program& program, const Machine& machine) {
  const Nest nest = flatten(program);
  const Footprints footprints(nest, machine);
  const std::vector<double> compute = compute_cycles(nest, footprints, machine);
  const std::vector<Traffic> traffic = traffic_of(nest, footprints, machine);
  const std::vector<Parallelism> parallelism = parallelism_of(nest, machine);
  Estimate total, part;
  for (std::size_t l = 0; l < nest.leaves.size(); ++l) {
    const double cores = parallelism[l].cores;
    part.compute += compute[l] / cores;
    for (int c = 0; c < Machine::kLevels; ++c)
      part.traffic[c] += traffic[l].bytes[c] / machine.bytes_per_cycle[c] / cores;
    part.fork += parallelism[l].fork_cycles;
    const bool ends =
        l + 1 == nest.leaves.size() || top_level(nest, nest.leaves[l + 1].loop) != top_level(nest, nest.leaves[l].loop);
    if (!ends) continue;
    total.cycles += combine(part);
    total.compute += part.compute, total.fork += part.fork;
    for (int c = 0; c < Machine::kLevels; ++c) total.traffic[c] += part.traffic[c];
    part = {};
  }
  return total;
}

std::vector<double> AnalyticCostModel::predict(const measure::Task&, std::span<const schedule::State> states) {
  std::vector<double> scores(states.size(), -std::numeric_limits<double>::infinity());
  parallel_for(static_cast<int>(states.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (const auto program = loop::lower(states[at])) scores[at] = -std::log2(1 + estimate(*program, machine_).cycles);
  });
  return scores;
}

}  // namespace tilewright::cost
