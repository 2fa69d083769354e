#include "search/hardware.h"

#include <algorithm>

#include "base/dtype.h"

namespace tilewright::search {

space::Hardware hardware_of(const codegen::Target& target, int threads) {
  space::Hardware hardware;
  hardware.cores = threads;
  hardware.vector_lanes = std::max(1, target.vector_bytes / bytes_of(DType::f32));
  hardware.vector_registers = target.vector_registers;
  hardware.l1d_bytes = target.l1d_bytes;
  hardware.l2_bytes = target.l2_bytes;
  hardware.l3_bytes = target.l3_bytes;
  return hardware;
}

}  // namespace tilewright::search
