#include "space/queries.h"
#include "space/sketch/rules.h"
#include "space/tiling.h"

namespace tilewright::space {

/// Tiles a stage that reuses data, on its own.
const SketchRule kMultiLevelTiling{"multi-level-tiling",
                                   [](SketchContext& context, const schedule::State& state, int stage) {
                                     return context.access(state)->needs_multi_level_tiling(stage)
                                                ? RuleCondition::apply_and_skip_rest
                                                : RuleCondition::skip;
                                   },
                                   [](SketchContext&, const schedule::State& state, int stage) {
                                     std::vector<Partial> result{{state, stage - 1}};
                                     multi_level_tile(result[0].state, stage);
                                     return result;
                                   }};

}  // namespace tilewright::space
