#include "cost/machine.h"

#include <algorithm>

namespace tilewright::cost {

Machine machine_of(const codegen::Target& target) {
  Machine machine;
  machine.cores = target.cores;
  machine.vector_bytes = target.vector_bytes;
  machine.registers = target.vector_registers;
  // Zen 4 runs a 512-bit instruction in two passes through 256-bit units.
  machine.unit_bytes = target.cpu == "znver4" ? std::min(32.0, machine.vector_bytes) : machine.vector_bytes;
  machine.fma_per_cycle = machine.loads_per_cycle = target.fma_units;
  machine.stores_per_cycle = target.fma_units / 2.0;
  machine.capacity[0] = static_cast<double>(target.l1d_bytes);
  machine.capacity[1] = static_cast<double>(target.l2_bytes);
  machine.capacity[2] = static_cast<double>(target.l3_bytes);
  return machine;
}

}  // namespace tilewright::cost
