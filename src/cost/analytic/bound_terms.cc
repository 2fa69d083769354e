#include "cost/analytic/bound_terms.h"

#include "cost/analytic/compute.h"
#include "cost/analytic/parallelism.h"
#include "cost/analytic/traffic.h"

namespace tilewright::cost {
namespace {

constexpr double kFree = 1e12;  ///< per cycle

Machine with_free_loads(Machine machine) {
  machine.loads_per_cycle = machine.stores_per_cycle = kFree;
  return machine;
}

Machine with_free_arithmetic(Machine machine) {
  machine.fma_per_cycle = machine.uops_per_cycle = kFree;
  machine.fma_latency = machine.forward_latency = 0;
  return machine;
}

}  // namespace

BoundTerms bound_terms(const loop::Program& program, const Machine& machine) {
  const Nest nest = flatten(program);
  const Footprints footprints(nest, machine);
  const std::vector<LeafCompute> compute = compute_of(nest, footprints, with_free_loads(machine));
  const std::vector<LeafCompute> l1 = compute_of(nest, footprints, with_free_arithmetic(machine));
  const std::vector<Traffic> traffic = traffic_of(nest, footprints, machine);
  const std::vector<Parallelism> parallelism = parallelism_of(nest, machine);
  BoundTerms terms;
  for (std::size_t leaf = 0; leaf < nest.leaves.size(); ++leaf) {
    const double cores = parallelism[leaf].cores;
    terms.compute += compute[leaf].cycles / cores;
    terms.l1 += l1[leaf].cycles / cores;
    for (int level = 0; level < Machine::kLevels; ++level) {
      terms.bytes[level] += traffic[leaf].bytes[level];
      terms.traffic[level] += traffic[leaf].bytes[level] / machine.bytes_per_cycle[level] / cores;
    }
  }
  return terms;
}

}  // namespace tilewright::cost
