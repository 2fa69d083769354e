#include "space/queries.h"
#include "space/sketch/rules.h"

namespace tilewright::space {
namespace {

/// The stage that reads a constant, if it is the only one and its loops are tiled in all levels; else -1.
int tiled_reader(SketchContext& context, const schedule::State& state, int stage) {
  if (!state.stage(stage).tensor->is_constant()) return -1;
  const std::vector<int>& readers = state.dag()->readers(stage);
  if (readers.size() != 1 || state.stage(readers[0]).is_packed_constant()) return -1;
  const bool tiled = context.access(state)->needs_multi_level_tiling(readers[0]) && is_tiled(state.stage(readers[0]));
  return tiled && packing_loop(state.stage(readers[0])) >= 0 ? readers[0] : -1;
}

}  // namespace

/// Lays a constant out in the blocks that a register tile reads, when the schedule is compiled: what Ansor's layout
/// rewrite does for layout-free placeholders (docs/ansor.md §8), as a step that search may choose or not.
const SketchRule kPackConstant{"pack-constant",
                               [](SketchContext& context, const schedule::State& state, int stage) {
                                 return tiled_reader(context, state, stage) >= 0 ? RuleCondition::apply
                                                                                 : RuleCondition::skip;
                               },
                               [](SketchContext& context, const schedule::State& before, int stage) {
                                 std::vector<Partial> result{{before, stage - 1}};
                                 pack_constant(result[0].state, stage, tiled_reader(context, before, stage));
                                 return result;
                               }};

}  // namespace tilewright::space
