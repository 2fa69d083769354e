#pragma once

#include "loop/program.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

/// About how many instructions the program becomes once its loops are unrolled: stores times values, in registers.
double unrolled_size(const loop::Program& program, const target::TargetSpec& target);

}  // namespace tilewright::cpu
