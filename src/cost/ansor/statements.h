#pragma once

#include <cstdint>
#include <vector>

#include "loop/bounds.h"
#include "schedule/state.h"

namespace tilewright::cost::ansor {

/// A loop as Ansor sees it: one of a stage's, of more than one iteration, before guards split it or pragmas unroll it.
struct Loop {
  int var = -1;  ///< its atom
  std::int64_t extent = 1;
  schedule::Annotation annotation = schedule::Annotation::none;
  int parent = -1;  ///< position in Statements::loops; -1: at root
};

/// One store: a stage's element, or the identity that a reduction starts with.
struct Statement {
  int stage;
  int loop;             ///< innermost around it, -1: none
  loop::ValueId value;  ///< what is stored
  int unroll_step;      ///< auto-unroll limit in force
};

struct Statements {
  std::vector<Loop> loops;            ///< parents before children
  std::vector<Statement> statements;  ///< in program order
  std::vector<double> allocated_in;   ///< per stage: iterations of the loops around its buffer's allocation; 1 at root
};

/// The statements of a program of which only the bounds are known: what a lowered program does (docs/ansor.md §6.2,
/// "the IR walked"), without building it. `bounds` must be those of `state`.
Statements statements_of(const schedule::State& state, const loop::Bounds& bounds);

}  // namespace tilewright::cost::ansor
