#include "space/search_space.h"

#include "space/annotate.h"
#include "space/default_schedule.h"
#include "space/mutations.h"
#include "space/rules.h"

namespace tilewright::space {
namespace {

bool same_stages(const te::Dag& a, const te::Dag& b) {
  if (a.ops().size() != b.ops().size()) return false;
  for (std::size_t i = 0; i < a.ops().size(); ++i)
    if (a.ops()[i]->name != b.ops()[i]->name) return false;
  return true;
}

}  // namespace

SearchSpace::SearchSpace(te::DagRef dag, const Hardware& hardware) : dag_(std::move(dag)), hardware_(hardware) {
  SketchContext context(hardware_);
  access_ = context.access(schedule::State::initial(dag_));
  sketches_ = generate_sketches(dag_, context);
  for (const schedule::State& sketch : sketches_) {
    sketch_access_.push_back(context.access(sketch));
    for (int i = 0; i < sketch.num_steps(); ++i)
      if (const auto* split = std::get_if<schedule::SplitStep>(&sketch.step(i)))
        factors_.add(split->extent, split->lengths.size());
  }
}

std::optional<schedule::State> SearchSpace::sample(int sketch, Rng& rng) const {
  const auto index = static_cast<std::size_t>(sketch);
  schedule::State state = sketches_.at(index);
  const SampleContext context{hardware_, *sketch_access_[index], factors_};
  for (const AnnotationRule* rule : annotation_rules())
    if (!rule->apply(context, state, rng)) return std::nullopt;
  return state;
}

std::optional<schedule::State> SearchSpace::mutate(const schedule::State& parent, int mutation, Rng& rng) const {
  const std::shared_ptr<const te::AccessAnalysis> access = access_of(parent);
  const SampleContext context{hardware_, *access, factors_};
  const Mutation& rule = *mutation_rules()[static_cast<std::size_t>(mutation)];
  std::optional<schedule::State> child = rule.apply(context, parent, rng);
  if (!child || !infer_extents(*child)) return std::nullopt;
  return child;
}

std::shared_ptr<const te::AccessAnalysis> SearchSpace::access_of(const schedule::State& state) const {
  for (std::size_t i = 0; i < sketches_.size(); ++i)
    if (same_stages(*sketches_[i].dag(), *state.dag())) return sketch_access_[i];
  return std::make_shared<te::AccessAnalysis>(state.dag());
}

const std::vector<SearchSpace::MutationInfo>& SearchSpace::mutations() {
  static const std::vector<MutationInfo> kInfos = [] {
    std::vector<MutationInfo> infos;
    for (const Mutation* rule : mutation_rules()) infos.push_back({std::string(rule->name), rule->odds});
    return infos;
  }();
  return kInfos;
}

schedule::State SearchSpace::default_state() const {
  schedule::State state = default_schedule(dag_, hardware_);
  infer_extents(state);
  return state;
}

}  // namespace tilewright::space
