#include <algorithm>

#include "space/queries.h"
#include "space/sketch/rules.h"

namespace tilewright::space {
namespace {

/// The axes named in the attribute, or nothing (docs/ansor.md §3.2 rule 2): loops over a constant matrix, to be
/// unrolled.
std::vector<std::string> constant_axes(const schedule::Stage& stage) {
  std::vector<std::string> names;
  const auto found = stage.tensor->attributes.find("auto_scheduler_simplify_const_tensor_indices");
  if (found == stage.tensor->attributes.end()) return names;
  const std::string& list = found->second;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    names.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace

/// Unrolls the loops over constant matrices (Winograd transforms), so that their entries fold into the code.
const SketchRule kSimplifyConstTensor{
    "simplify-const-tensor",
    [](SketchContext&, const schedule::State& state, int stage) {
      return constant_axes(state.stage(stage)).empty() ? RuleCondition::skip : RuleCondition::apply_and_skip_rest;
    },
    [](SketchContext&, const schedule::State& before, int stage) {
      std::vector<Partial> result{{before, stage - 1}};
      schedule::State& state = result[0].state;
      const std::vector<std::string> names = constant_axes(before.stage(stage));
      std::vector<int> outer, inner, unrolled;
      int position = 0;
      for (const schedule::Iterator& loop : before.stage(stage).iters) {
        if (std::find(names.begin(), names.end(), loop.name) != names.end()) {
          apply(state, schedule::AnnotateStep{stage, position, schedule::Annotation::unroll});
          unrolled.push_back(position++);
        } else {
          apply(state, schedule::SplitStep{stage, position, loop.extent, {schedule::kUnknown}, true});
          outer.push_back(position++);
          inner.push_back(position++);
        }
      }
      outer.insert(outer.end(), inner.begin(), inner.end());
      outer.insert(outer.end(), unrolled.begin(), unrolled.end());
      apply(state, schedule::ReorderStep{stage, std::move(outer)});
      return result;
    }};

}  // namespace tilewright::space
