#include <numeric>

#include "space/queries.h"
#include "space/sketch/rules.h"

namespace tilewright::space {
namespace {

struct Extents {
  std::int64_t spatial = 1, reduce = 1;
};

Extents extents_of(const schedule::Stage& stage) {
  Extents extents;
  for (const schedule::Iterator& loop : stage.iters)
    (loop.kind == schedule::IterKind::spatial ? extents.spatial : extents.reduce) *= loop.extent;
  return extents;
}

/// Too little spatial work to keep all cores busy.
bool needs_rfactor(const schedule::Stage& stage, bool needs_tiling, int cores) {
  const Extents extents = extents_of(stage);
  if (needs_tiling) return extents.spatial <= extents.reduce && extents.spatial <= 16 * std::int64_t{cores};
  return extents.reduce > 1 && extents.reduce > cores;
}

}  // namespace

/// Splits the reduction in two and computes either part first, for all slices of the other at once.
const SketchRule kAddRfactor{"add-rfactor",
                             [](SketchContext& context, const schedule::State& state, int stage) {
                               if (state.stage(stage).is_placeholder() || is_cache_of_write(state, stage))
                                 return RuleCondition::skip;
                               const bool needs_tiling = context.access(state)->needs_multi_level_tiling(stage);
                               return needs_rfactor(state.stage(stage), needs_tiling, context.hardware().cores)
                                          ? RuleCondition::apply
                                          : RuleCondition::skip;
                             },
                             [](SketchContext&, const schedule::State& before, int stage) {
                               const schedule::Stage& old = before.stage(stage);
                               const auto spatial = static_cast<int>(old.tensor->axes.size());
                               schedule::State split = before;
                               if (old.tensor->reduce_axes.size() > 1) {
                                 std::vector<int> reduce(old.tensor->reduce_axes.size());
                                 std::iota(reduce.begin(), reduce.end(), spatial);
                                 apply(split, schedule::FuseStep{stage, std::move(reduce)});
                               }
                               const std::int64_t extent = split.stage(stage).iters.back().extent;
                               apply(split, schedule::SplitStep{stage, spatial, extent, {schedule::kUnknown}, true});

                               std::vector<Partial> result(2, Partial{split, stage - 1});
                               apply(result[0].state, schedule::RfactorStep{stage, spatial, spatial});
                               apply(result[1].state, schedule::RfactorStep{stage, spatial + 1, spatial});
                               std::vector<int> order(static_cast<std::size_t>(spatial) + 2);
                               std::iota(order.begin(), order.end(), 0);
                               std::swap(order[order.size() - 2], order.back());  // the slices innermost
                               apply(result[1].state, schedule::ReorderStep{stage, std::move(order)});
                               return result;
                             }};

}  // namespace tilewright::space
