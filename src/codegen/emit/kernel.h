#pragma once

#include "codegen/emit/function.h"

namespace tilewright::codegen {

/// Defines the kernel `shared.symbol` (a tw_kernel) in the module.
void emit_kernel(ModuleContext& shared);

}  // namespace tilewright::codegen
