#pragma once

#include "codegen/target.h"
#include "loop/program.h"

namespace tilewright::codegen {

/// About how many instructions the program becomes once its loops are unrolled: stores times values, in registers.
double unrolled_size(const loop::Program& program, const Target& target);

}  // namespace tilewright::codegen
