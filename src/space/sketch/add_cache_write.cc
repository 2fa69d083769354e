#include "space/queries.h"
#include "space/sketch/rules.h"

namespace tilewright::space {

/// Gives a stage that is worth tiling, and has no consumer to be fused into, a copy of itself as such a consumer.
const SketchRule kAddCacheWrite{"add-cache-write",
                                [](SketchContext& context, const schedule::State& state, int stage) {
                                  const te::AccessAnalysis& access = *context.access(state);
                                  const bool wants = access.needs_multi_level_tiling(stage) &&
                                                     elementwise_matched_consumer(state, access, stage) < 0;
                                  return wants ? RuleCondition::apply : RuleCondition::skip;
                                },
                                [](SketchContext&, const schedule::State& state, int stage) {
                                  std::vector<Partial> result{{state, stage}};
                                  apply(result[0].state, schedule::CacheWriteStep{stage, "local"});
                                  return result;
                                }};

}  // namespace tilewright::space
