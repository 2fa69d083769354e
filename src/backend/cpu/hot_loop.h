#pragma once

#include <string>
#include <string_view>

#include "target/target_spec.h"

namespace tilewright::cpu {

/// The loop of a kernel that does most of its arithmetic, and what one iteration consists of.
struct HotLoop {
  std::string assembly;  ///< its lines, label first, without the loops in it; of a kernel without loops all
  int instructions = 0;
  int fmas = 0, loads = 0, stores = 0;  ///< an instruction with a memory operand is a load besides
  int stack_accesses = 0;               ///< of the loads and stores: spills, and arrays in the stack frame
  double flops = 0;                     ///< on floats
  double bytes = 0;                     ///< loaded and stored
  int vector_bytes = 0;                 ///< of the widest register used
  double fma_density() const { return instructions > 0 ? static_cast<double>(fmas) / instructions : 0; }
  double bytes_per_flop() const { return flops > 0 ? bytes / flops : 0; }
};

/// Finds it in an object that Compiler::compile made for the same target. Heuristic: how often a loop runs is not
/// known, so the one with most floating-point operations of its own wins, each level of nesting counting as 8
/// iterations.
HotLoop find_hot_loop(std::string_view object, const target::TargetSpec& target);

}  // namespace tilewright::cpu
