#pragma once

#include "base/pass_manager.h"
#include "loop/program.h"

namespace tilewright::loop {

// Rewrites of a program by what the schedule says: same results for all inputs. What holds after is said at each.

/// The passes of lowering, in their order.
using Passes = PassManager<Program>;
Passes& pass_manager();

/// Splits loops where the outcome of a guard or branch changes, drops iterations that do nothing, and drops guards that
/// always hold: the hot part of a nest has none. A parallel loop is not split; a branch inside it chooses between a
/// version without guards and one with. After: every condition left is one that varies within the loops around it.
void split_guards(Program& program);

/// Resolves auto-unroll pragmas (docs/ansor.md §9): bottom-up, a serial loop whose body is straight-line or fully
/// unrolled becomes `unrolled` while extent * stores stays within the stage's limit and at most 8 deep.
void auto_unroll(Program& program);

}  // namespace tilewright::loop
