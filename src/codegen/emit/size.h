#pragma once

#include "codegen/target.h"
#include "loop/program.h"

namespace tilewright::codegen {

inline constexpr double kMostInstructions =
    40000;  ///< beyond this a compile takes seconds and the code misses the instruction cache

/// About how many instructions the program becomes once its loops are unrolled: stores times values, in registers.
double unrolled_size(const loop::Program& program, const Target& target);

}  // namespace tilewright::codegen
