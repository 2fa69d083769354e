#include "cost/learn/program_rows.h"

#include "cost/analytic/analytic_features.h"
#include "cost/ansor/features.h"

namespace tilewright::cost {
namespace {

template <class Row>
void append(const Row& row, double cycles, ProgramRows& rows) {
  rows.values.insert(rows.values.end(), row.values.begin(), row.values.end());
  rows.cycles.push_back(cycles);
}

}  // namespace

int columns_of(ColumnSet set) { return set == ColumnSet::ansor ? ansor::kColumns : static_cast<int>(kDraftColumns); }

std::optional<ProgramRows> rows_of(const backend::ScheduledProgram& scheduled, ColumnSet set, const Machine& machine) {
  ProgramRows rows;
  if (set == ColumnSet::ansor) {
    const auto& bounds = scheduled.bounds();
    if (!bounds) return std::nullopt;
    for (const ansor::Row& row : ansor::features(scheduled.state(), *bounds)) append(row, 1, rows);
  } else {
    const auto& program = scheduled.program();
    if (!program) return std::nullopt;
    for (const AnalyticRow& row : analytic_features(Analysis(*program, machine), machine))
      append(row, row.cycles, rows);
  }
  return rows;
}

}  // namespace tilewright::cost
