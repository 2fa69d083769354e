#include "space/defaults/plan.h"
#include "space/queries.h"

namespace tilewright::space {
namespace {

/// A branch at the root of a stage's body lets lowering split loops where it flips; inlined, it would stay a select.
bool has_branch(const te::Expr& e) {
  bool found = te::as<te::Select>(e) != nullptr;
  te::for_each_child(e, [&](const te::Expr& child) { found = found || has_branch(child); });
  return found;
}

}  // namespace

void inline_cheap_stages(schedule::State& state) {
  const te::AccessAnalysis access(state.dag());
  for (int s = state.num_stages(); s-- > 0;) {
    const te::Tensor& tensor = state.stage(s).tensor;
    if (tensor->is_placeholder() || access.is_output(s) || !tensor->reduce_axes.empty()) continue;
    // A chain of selections per use is more code than a small table is memory.
    if (tensor->attributes.contains("const_matrix")) continue;
    const bool single = !has_branch(tensor->body) && elementwise_matched_consumer(state, access, s) >= 0;
    if (access.is_strictly_inlineable(s) || single) apply(state, schedule::ComputeInlineStep{s});
  }
}

}  // namespace tilewright::space
