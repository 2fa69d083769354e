#include <algorithm>

#include "base/integer.h"
#include "space/defaults/plan.h"
#include "space/queries.h"
#include "space/sample/annotation_rules.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

using schedule::State;

/// A reduction of each row on its own, along memory: nothing that it reads serves several rows.
bool is_row_reduction(const te::Operation& op, int leading) {
  if (op.reduce_axes.size() != 1) return false;
  const std::vector<LoadStrides> loads = strides_of(op);
  const auto moves_by_rows = [&](const LoadStrides& load) {
    for (int a = 0; a < leading; ++a)
      if (op.axes[static_cast<std::size_t>(a)]->extent > 1 && is_zero(load.spatial[static_cast<std::size_t>(a)]))
        return false;
    return true;
  };
  return std::all_of(loads.begin(), loads.end(), moves_by_rows) &&
         std::any_of(loads.begin(), loads.end(), [](const LoadStrides& load) { return load.reduce[0] == 1; });
}

/// The stages that `stage` needs row by row, consumers first: nobody else reads them, and one row of all fits the
/// cache.
std::vector<int> stages_of_row(const State& state, const te::AccessAnalysis& access, int stage, int leading,
                               const Hardware& hardware) {
  std::vector<int> found;
  std::int64_t bytes = 0;
  for (int s = stage; s-- > 0;) {
    if (!is_pending(state, s) || access.is_output(s)) continue;
    const std::vector<int> readers = consumers(state, s);
    const bool is_read_here = std::all_of(readers.begin(), readers.end(), [&](int reader) {
      return reader == stage || std::find(found.begin(), found.end(), reader) != found.end();
    });
    const te::Operation& op = *state.stage(s).tensor;
    if (readers.empty() || !is_read_here || access.num_common_outer_iterators(s, stage) < leading) continue;
    if (!op.reduce_axes.empty() && !is_row_reduction(op, leading)) continue;
    std::int64_t row = bytes_of(op.type);
    for (std::size_t a = static_cast<std::size_t>(leading); a < op.shape.size(); ++a) row *= op.shape[a];
    if (bytes + row > hardware.l2_bytes / 4) continue;
    bytes += row;
    found.push_back(s);
  }
  return found;
}

/// Rows that each stage does before the next stage begins, so that the latency of one row's sum is hidden by the
/// others: as many, up to eight, as the first-level cache holds and leave enough for all cores.
std::int64_t rows_together(const te::Operation& op, const std::vector<int>& members, const State& state,
                           const Hardware& hardware) {
  const std::int64_t rows = op.elements() / op.shape.back(), axis = op.shape[op.shape.size() - 2];
  std::int64_t bytes = 2 * op.shape.back() * bytes_of(op.type);
  for (const int s : members)
    if (state.stage(s).tensor.rank() == static_cast<int>(op.shape.size())) bytes += op.shape.back() * bytes_of(op.type);
  std::int64_t best = 1;
  for (const std::int64_t together : {2, 4, 8})
    if (axis % together == 0 && together * bytes <= hardware.l1d_bytes / 2 && rows / together >= 8 * hardware.cores)
      best = together;
  return best;
}

}  // namespace

bool schedule_rows(State& state, const te::AccessAnalysis& access, int stage, const Hardware& hardware) {
  const te::Operation& op = *state.stage(stage).tensor;
  const int leading = op.shape.empty() ? 0 : static_cast<int>(op.shape.size()) - 1;
  if (leading < 1 || op.shape.back() == 1) return false;
  const std::int64_t rows = op.elements() / op.shape.back();
  if (rows < hardware.cores && op.elements() >= kMinParallelWork) return false;  // cores would be idle
  const std::vector<int> members = stages_of_row(state, access, stage, leading, hardware);
  const auto reduces = [&](int s) { return has_reduce_iter(state.stage(s)); };
  if (std::none_of(members.begin(), members.end(), reduces)) return false;
  vectorize_elementwise(state, stage, hardware);
  const std::int64_t axis = op.shape[static_cast<std::size_t>(leading) - 1];
  if (const std::int64_t together = rows_together(op, members, state, hardware); together > 1)
    apply(state, schedule::SplitStep{stage, leading - 1, axis, {together}, true});
  if (leading > 1) apply(state, schedule::FuseStep{stage, range(0, leading - 1)});
  if (op.elements() >= kMinParallelWork && hardware.cores > 1 && rows > 1)
    apply(state, schedule::AnnotateStep{stage, 0, schedule::Annotation::parallel});
  for (const int s : members) apply(state, schedule::ComputeAtStep{s, stage, 0});
  for (const int s : members)
    if (!reduces(s)) vectorize_elementwise(state, s, hardware);
  return true;
}

}  // namespace tilewright::space
