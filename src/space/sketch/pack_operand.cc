#include <algorithm>

#include "space/queries.h"
#include "space/sketch/rules.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

constexpr std::int64_t kMinReuse = 32;  ///< times that each element must be used for a copy to pay

/// How often one element of `operand`, loaded as vectors, serves a tiled stage; 0: not loaded so.
std::int64_t vector_reuse(const te::Operation& op, const te::Operation& operand) {
  const int vector_axis = unit_stride_axis(op);
  if (vector_axis < 0) return 0;
  std::int64_t reuse = 0;
  for (const LoadStrides& load : strides_of(op)) {
    if (load.tensor != &operand || is_zero(load.spatial[static_cast<std::size_t>(vector_axis)])) continue;
    std::int64_t times = 1;
    for (std::size_t a = 0; a < op.axes.size(); ++a)
      if (is_zero(load.spatial[a])) times *= op.axes[a]->extent;
    reuse = std::max(reuse, times);
  }
  return reuse;
}

/// The innermost loop of the outer reduction tile (SSRSRS: the third level), or -1.
int outer_reduction_loop(const schedule::Stage& stage) {
  int loop = -1;
  for (int i = 0; i < static_cast<int>(stage.iters.size()); ++i) {
    const bool reduces = stage.iters[static_cast<std::size_t>(i)].kind == schedule::IterKind::reduction;
    if (reduces) loop = i;
    if (!reduces && loop >= 0) return loop;
  }
  return -1;
}

}  // namespace

/// Copies the operand that a tiled stage loads as vectors, a block at a time, so that it lies in one piece: the rule
/// add-cache-read of docs/ansor.md §3.4 with the cache in the place of shared memory (Goto, van de Geijn, ACM TOMS
/// 34(3), 2008, call it packing). Only inputs; what is computed here may be computed in blocks anyway, and constants
/// can be laid out before (pack-constant).
const SketchRule kPackOperand{"pack-operand",
                              [](SketchContext& context, const schedule::State& state, int stage) {
                                const schedule::Stage& operand = state.stage(stage);
                                if (!operand.is_placeholder() || operand.tensor->is_constant())
                                  return RuleCondition::skip;
                                const std::vector<int> readers = consumers(state, stage);
                                if (readers.size() != 1 || !context.access(state)->needs_multi_level_tiling(readers[0]))
                                  return RuleCondition::skip;
                                const schedule::Stage& reader = state.stage(readers[0]);
                                const bool pays = is_tiled(reader) && outer_reduction_loop(reader) >= 0 &&
                                                  vector_reuse(*reader.tensor, *operand.tensor) >= kMinReuse;
                                return pays ? RuleCondition::apply : RuleCondition::skip;
                              },
                              [](SketchContext&, const schedule::State& before, int stage) {
                                const int reader = consumers(before, stage)[0];
                                const int loop = outer_reduction_loop(before.stage(reader));
                                std::vector<Partial> result{{before, stage - 1}};
                                apply(result[0].state, schedule::CacheReadStep{stage, "local", {reader}});
                                apply(result[0].state, schedule::ComputeAtStep{stage + 1, reader + 1, loop});
                                return result;
                              }};

}  // namespace tilewright::space
