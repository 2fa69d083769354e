#include "space/sketch/rules.h"

namespace tilewright::space {

/// Leaves the stage as it is.
const SketchRule kSkipStage{
    "skip-stage", [](SketchContext&, const schedule::State&, int) { return RuleCondition::apply; },
    [](SketchContext&, const schedule::State& state, int stage) { return std::vector<Partial>{{state, stage - 1}}; }};

}  // namespace tilewright::space
