#pragma once

#include <vector>

#include "base/error.h"
#include "loop/program.h"
#include "schedule/state.h"

namespace tilewright::loop {

/// A box of elements that a loop nest touches, one entry per dimension: from `low` on, `extent` elements.
struct Span {
  AffineExpr low;
  std::int64_t extent;
};

/// The loops of one stage with the bounds found for them.
struct StageLoops {
  std::vector<Span> axes;               ///< per axis, spatial then reduce: what this stage computes in one visit
  std::vector<AffineExpr> axis_values;  ///< per axis: its value in terms of the loop atoms
  std::vector<int> loops;               ///< per iterator: its loop atom, -1 where the extent is 1
  std::vector<std::int64_t> extents;    ///< per iterator
  std::vector<AffineExpr> guards;       ///< must be >= 0 for an iteration to do anything
  BufferId buffer = -1;                 ///< where its result goes; -1: inlined
  ValueId init = -1, update = -1;       ///< of a reduction: identity, and the element combined with the next term
  ValueId value = -1;                   ///< otherwise: the element
};

/// A program under construction: values, buffers and atoms, not yet statements.
struct Bounds {
  Program program;
  std::vector<StageLoops> stages;
};

/// Bound inference (docs/ansor.md §9): consumers first, each attached stage computes the union of the regions that
/// one iteration of its attach loop reads. Regions are boxes; where accesses do not allow a tight box with constant
/// extent, the whole dimension is taken. A region may reach over the tensor's edge: the stage's guards cut it there.
/// Failure: an unknown length, or a stage attached where not all of its readers are.
Result<Bounds> infer_bounds(const schedule::State& state);

}  // namespace tilewright::loop
