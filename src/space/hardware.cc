#include "space/hardware.h"

#include <algorithm>

#include "base/dtype.h"

namespace tilewright::space {

Hardware hardware_of(const target::TargetSpec& target, int threads) {
  Hardware hardware;
  hardware.cores = threads;
  hardware.vector_lanes = target.lanes(DType::f32);
  hardware.vector_registers = target.vector_registers;
  hardware.l1d_bytes = target.l1d_bytes;
  hardware.l2_bytes = target.l2_bytes;
  hardware.l3_bytes = target.l3_bytes;
  return hardware;
}

}  // namespace tilewright::space
