#pragma once

#include <cstdint>

#include "backend/cpu/scheduled_program.h"

namespace tilewright::measure {

// Kernels that tell how fast a machine is, from our own code generator, in the widest vectors of their target.

/// One after the other on every thread, `rounds` matrix products whose operands stay in the first cache and whose sums
/// stay in registers: nothing but multiply-adds limits them. Sums are f32 for bf16, i32 for integers of a byte.
struct ProductKernel {
  cpu::ScheduledProgram program;
  double flops;  ///< of all threads, a multiply-add counting 2
};
ProductKernel product_kernel(const cpu::TargetRef& target, DType type, int threads, std::int64_t rounds);

/// Reads `bytes` of memory, each thread a part of it.
struct ReadKernel {
  cpu::ScheduledProgram program;
  double bytes;  ///< that are read: at most as many as were asked for, at least those of one row of vectors
};
ReadKernel read_kernel(const cpu::TargetRef& target, int threads, std::int64_t bytes);

}  // namespace tilewright::measure
