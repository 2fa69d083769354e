#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "schedule/state.h"
#include "space/search_space.h"
#include "te/access.h"

namespace tilewright::space {

/// What sketch rules look at besides the state.
class SketchContext {
 public:
  explicit SketchContext(const Hardware& hardware) : hardware_(hardware) {}
  const Hardware& hardware() const { return hardware_; }
  /// The analysis of the state's current DAG, made once per DAG.
  const std::shared_ptr<const te::AccessAnalysis>& access(const schedule::State& state);

 private:
  Hardware hardware_;
  std::map<te::DagRef, std::shared_ptr<const te::AccessAnalysis>> analyses_;
};

enum class RuleCondition { skip, apply, apply_and_skip_rest };

/// A state on the way to a sketch, and the stage whose turn it is; below zero: none is left.
struct Partial {
  schedule::State state;
  int stage;
};

/// A way to go on at one stage (docs/ansor.md §3.2): pure functions of their arguments.
struct SketchRule {
  std::string_view name;
  RuleCondition (*condition)(SketchContext& context, const schedule::State& state, int stage);
  std::vector<Partial> (*apply)(SketchContext& context, const schedule::State& state, int stage);
};

extern const SketchRule kAlwaysInline, kSimplifyConstTensor, kScheduleTransform, kAddRfactor, kAddCacheWrite,
    kMultiLevelTilingWithFusion, kMultiLevelTiling, kSkipStage;
/// Of the full space.
extern const SketchRule kPackConstant, kPackOperand;

/// The CPU rules in the order in which they are tried.
std::span<const SketchRule* const> sketch_rules();

/// All sketches of a DAG: breadth first from the last stage to the first (docs/ansor.md §3.1). `more`: rules that are
/// tried before the CPU rules, in their order (docs/ansor.md §3.5).
std::vector<schedule::State> generate_sketches(const te::DagRef& dag, SketchContext& context,
                                               std::span<const SketchRule* const> more = {});

}  // namespace tilewright::space
