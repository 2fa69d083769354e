#include "space/queries.h"
#include "space/sketch/rules.h"

namespace tilewright::space {

/// Inlines a stage that costs nothing to compute where it is read.
const SketchRule kAlwaysInline{"always-inline",
                               [](SketchContext& context, const schedule::State& state, int stage) {
                                 const te::AccessAnalysis& access = *context.access(state);
                                 const bool inlines = !access.is_placeholder(stage) && !access.is_output(stage) &&
                                                      !has_reduce_iter(state.stage(stage)) &&
                                                      access.is_strictly_inlineable(stage);
                                 return inlines ? RuleCondition::apply_and_skip_rest : RuleCondition::skip;
                               },
                               [](SketchContext&, const schedule::State& state, int stage) {
                                 std::vector<Partial> result{{state, stage - 1}};
                                 apply(result[0].state, schedule::ComputeInlineStep{stage});
                                 return result;
                               }};

}  // namespace tilewright::space
