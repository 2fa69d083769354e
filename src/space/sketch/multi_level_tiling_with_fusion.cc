#include "space/queries.h"
#include "space/sketch/rules.h"
#include "space/tiling.h"

namespace tilewright::space {

/// Tiles a stage that reuses data and computes it inside the first or second tile level of its elementwise consumer.
const SketchRule kMultiLevelTilingWithFusion{
    "multi-level-tiling-with-fusion",
    [](SketchContext& context, const schedule::State& state, int stage) {
      const te::AccessAnalysis& access = *context.access(state);
      if (!access.needs_multi_level_tiling(stage) || elementwise_matched_consumer(state, access, stage) < 0)
        return RuleCondition::skip;
      return is_cache_of_write(state, stage) ? RuleCondition::apply_and_skip_rest : RuleCondition::apply;
    },
    [](SketchContext& context, const schedule::State& before, int stage) {
      schedule::State tiled = before;
      const int consumer = elementwise_matched_consumer(before, *context.access(before), stage);
      const std::vector<int> splits = multi_level_tile(tiled, stage);
      std::vector<Partial> result;
      for (int levels : {1, 2}) {
        schedule::State state = tiled;
        follow_tiling(state, consumer, splits, levels);
        apply(state, schedule::ComputeAtStep{stage, consumer, levels * static_cast<int>(splits.size()) - 1});
        result.push_back({std::move(state), stage - 1});
      }
      return result;
    }};

}  // namespace tilewright::space
