#include "space/sketch/rules.h"
#include "space/winograd_stages.h"

namespace tilewright::space {

/// Computes a transform of tiles (Winograd) tile by tile in straight-line code, inside what reads it where that can be.
const SketchRule kScheduleTransform{
    "schedule-transform",
    [](SketchContext&, const schedule::State& state, int stage) {
      return transform_tile(*state.stage(stage).tensor).empty() ? RuleCondition::skip
                                                                : RuleCondition::apply_and_skip_rest;
    },
    [](SketchContext& context, const schedule::State& state, int stage) {
      std::vector<Partial> result{{state, stage - 1}};
      schedule_transform(result[0].state, *context.access(state), stage, schedule::kUnknown);
      return result;
    }};

}  // namespace tilewright::space
