#include "space/sketch/rules.h"

#include <array>

namespace tilewright::space {

const std::shared_ptr<const te::AccessAnalysis>& SketchContext::access(const schedule::State& state) {
  std::shared_ptr<const te::AccessAnalysis>& analysis = analyses_[state.dag()];
  if (!analysis) analysis = std::make_shared<te::AccessAnalysis>(state.dag());
  return analysis;
}

std::span<const SketchRule* const> sketch_rules() {
  static constexpr std::array kRules{&kAlwaysInline,  &kSimplifyConstTensor,        &kScheduleTransform, &kAddRfactor,
                                     &kAddCacheWrite, &kMultiLevelTilingWithFusion, &kMultiLevelTiling,  &kSkipStage};
  return kRules;
}

std::vector<schedule::State> generate_sketches(const te::DagRef& dag, SketchContext& context,
                                               std::span<const SketchRule* const> more) {
  std::vector<const SketchRule*> rules(more.begin(), more.end());
  rules.insert(rules.end(), sketch_rules().begin(), sketch_rules().end());
  std::vector<schedule::State> sketches;
  const schedule::State initial = schedule::State::initial(dag);
  std::vector<Partial> turn{{initial, initial.num_stages() - 1}};
  while (!turn.empty()) {
    std::vector<Partial> next;
    for (Partial& partial : turn) {
      if (partial.stage < 0) {
        sketches.push_back(std::move(partial.state));
        continue;
      }
      for (const SketchRule* rule : rules) {
        const RuleCondition verdict = rule->condition(context, partial.state, partial.stage);
        if (verdict == RuleCondition::skip) continue;
        for (Partial& result : rule->apply(context, partial.state, partial.stage)) next.push_back(std::move(result));
        if (verdict == RuleCondition::apply_and_skip_rest) break;
      }
    }
    turn = std::move(next);
  }
  return sketches;
}

}  // namespace tilewright::space
