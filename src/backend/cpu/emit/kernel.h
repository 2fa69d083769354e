#pragma once

#include "backend/cpu/emit/function.h"

namespace tilewright::cpu {

/// Defines the kernel `shared.symbol` (a tw_kernel) in the module.
void emit_kernel(ModuleContext& shared);

}  // namespace tilewright::cpu
