#pragma once

#include <cstdint>

#include "backend/api/scheduled_program.h"

namespace tilewright::measure {

// Kernels that tell how fast a machine is, from our own code generator, in the widest vectors of their target.

/// One after the other on every thread, `rounds` matrix products whose operands stay in the first cache and whose sums
/// stay in registers: nothing but multiply-adds limits them. Sums are f32 for bf16, i32 for integers of a byte.
struct ProductKernel {
  backend::ScheduledProgram program;
  double flops;  ///< of all threads, a multiply-add counting 2
};
ProductKernel product_kernel(const backend::TargetRef& target, DType type, int threads, std::int64_t rounds);

/// Reads `bytes` of memory, each thread a part of it.
struct ReadKernel {
  backend::ScheduledProgram program;
  double bytes;  ///< that are read: at most as many as were asked for, at least those of one row of vectors
};
ReadKernel read_kernel(const backend::TargetRef& target, int threads, std::int64_t bytes);

}  // namespace tilewright::measure
