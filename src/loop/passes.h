#pragma once

#include <span>
#include <string_view>

#include "loop/program.h"
#include "schedule/state.h"

namespace tilewright::loop {

/// A pure rewrite of a program: same results for all inputs. What holds before and after is said at each.
struct Pass {
  std::string_view name;
  void (*run)(Program& program, const schedule::State& state);
};

/// The lowering pipeline, in order. Nothing else runs a pass.
std::span<const Pass> pipeline();

/// Splits loops where the outcome of a guard or branch changes, drops iterations that do nothing, and drops guards that
/// always hold: the hot part of a nest has none. A parallel loop is not split; a branch inside it chooses between a
/// version without guards and one with. After: every condition left is one that varies within the loops around it.
void split_guards(Program& program, const schedule::State& state);

/// Resolves auto-unroll pragmas (SPEC_ANSOR appendix A): bottom-up, a serial loop whose body is straight-line or fully
/// unrolled becomes `unrolled` while extent * stores stays within the stage's limit and at most 8 deep.
void auto_unroll(Program& program, const schedule::State& state);

}  // namespace tilewright::loop
