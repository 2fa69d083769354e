#pragma once

#include "backend/cpu/emit/function.h"

namespace tilewright::cpu {

/// Defines the kernel `shared.symbol` (a tw_kernel) in the module.
void emit_kernel(ModuleContext& shared);

/// About how many instructions the program becomes once its loops are unrolled: stores times values, in registers.
double unrolled_size(const loop::Program& program, const target::TargetSpec& target);

}  // namespace tilewright::cpu
