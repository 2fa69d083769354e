#pragma once

#include <optional>

#include "backend/api/scheduled_program.h"
#include "cost/analytic/machine.h"
#include "cost/learn/training_set.h"

namespace tilewright::cost {

/// Which features a model sees (docs/features.md).
enum class ColumnSet {
  ansor,  ///< 0 … 163; needs the bounds of a state, no lowered program
  draft,  ///< `draft.*`: of the program that is emitted
};
int columns_of(ColumnSet set);

/// The rows of a program; the analytic model's cycles are there with ColumnSet::draft only, 1 per row otherwise. None
/// if the state has no program. Threads: pure.
std::optional<ProgramRows> rows_of(const backend::ScheduledProgram& scheduled, ColumnSet set, const Machine& machine);

}  // namespace tilewright::cost
