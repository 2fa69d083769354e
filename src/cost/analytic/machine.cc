#include "cost/analytic/machine.h"

namespace tilewright::cost {

Machine machine_of(const target::TargetSpec& target) {
  Machine machine;
  machine.cores = target.cores;
  machine.vector_bytes = target.vector_bytes;
  machine.registers = target.vector_registers;
  machine.has_masks = target.has_masks();
  machine.unit_bytes = target.unit_bytes;
  machine.fma_per_cycle = machine.loads_per_cycle = target.fma_units;
  machine.stores_per_cycle = target.fma_units / 2.0;
  machine.capacity[0] = static_cast<double>(target.l1d_bytes);
  machine.capacity[1] = static_cast<double>(target.l2_bytes);
  machine.capacity[2] = static_cast<double>(target.l3_bytes);
  return machine;
}

}  // namespace tilewright::cost
