#pragma once

#include "loop/program.h"

namespace tilewright::loop {

/// The block with `by` in the place of loop variable `var`. Values that depend on it are added to `program`; those that
/// do not are shared with the original.
Block substitute(Program& program, const Block& block, int var, const AffineExpr& by);

}  // namespace tilewright::loop
