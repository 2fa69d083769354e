#include "space/search_space.h"

#include "space/default_schedule.h"
#include "space/full/tiled_stage.h"
#include "space/mutate/mutations.h"
#include "space/sample/annotation_rules.h"
#include "space/sketch/rules.h"
#include "space/tile_moves.h"

namespace tilewright::space {
namespace {

bool same_stages(const te::Dag& a, const te::Dag& b) {
  if (a.ops().size() != b.ops().size()) return false;
  for (std::size_t i = 0; i < a.ops().size(); ++i)
    if (a.ops()[i]->name != b.ops()[i]->name) return false;
  return true;
}

/// Equal, but for the lengths of a split.
bool same_but_lengths(const schedule::Step& a, const schedule::Step& b) {
  const auto* first = std::get_if<schedule::SplitStep>(&a);
  const auto* second = std::get_if<schedule::SplitStep>(&b);
  if (!first || !second) return a == b;
  return first->stage == second->stage && first->iter == second->iter && first->extent == second->extent &&
         first->lengths.size() == second->lengths.size() && first->inner_to_outer == second->inner_to_outer;
}

}  // namespace

SearchSpace::~SearchSpace() = default;

SearchSpace::SearchSpace(te::DagRef dag, const Hardware& hardware, const SpaceOptions& options,
                         std::span<const SketchRule* const> rules)
    : dag_(std::move(dag)),
      hardware_(hardware),
      options_(options),
      annotations_(annotation_rules(options)),
      mutations_(mutation_rules(options)) {
  SketchContext context(hardware_);
  access_ = context.access(schedule::State::initial(dag_));
  std::vector<const SketchRule*> first(rules.begin(), rules.end());
  if (options_.packing) first.insert(first.end(), {&kPackConstant, &kPackOperand});
  sketches_ = generate_sketches(dag_, context, first);
  for (const schedule::State& sketch : sketches_) {
    sketch_access_.push_back(context.access(sketch));
    if (options_.register_tile)
      tiled_.push_back(tiled_stages(sketch, hardware_, options_));
    else
      tiled_.emplace_back();
    for (int i = 0; i < sketch.num_steps(); ++i)
      if (const auto* split = std::get_if<schedule::SplitStep>(&sketch.step(i)))
        factors_.add(split->extent, split->lengths.size());
  }
}

std::optional<schedule::State> SearchSpace::sample(int sketch, Rng& rng) const {
  const auto index = static_cast<std::size_t>(sketch);
  schedule::State state = sketches_.at(index);
  const SampleContext context{hardware_, *sketch_access_[index], factors_, options_, tiled_[index], this, sketch};
  for (const AnnotationRule* rule : annotations_)
    if (!rule->apply(context, state, rng)) return std::nullopt;
  // Vectors that do not divide change what is computed in their stage: Ansor's rules draw none.
  if (options_.kind == SpaceKind::full && !infer_extents(state)) return std::nullopt;
  return state;
}

std::optional<schedule::State> SearchSpace::mutate(const schedule::State& parent, int mutation, Rng& rng,
                                                   const schedule::State* mate) const {
  const std::shared_ptr<const te::AccessAnalysis> access = access_of(parent);
  const int sketch = sketch_of(parent);
  if (mate && (sketch < 0 || sketch_of(*mate) != sketch)) mate = nullptr;
  const std::span<const TiledStage> tiled =
      sketch < 0 ? std::span<const TiledStage>() : tiled_[static_cast<std::size_t>(sketch)];
  const SampleContext context{hardware_, *access, factors_, options_, tiled, this, sketch, mate};
  const Mutation& rule = *mutations_[static_cast<std::size_t>(mutation)];
  std::optional<schedule::State> child = rule.apply(context, parent, rng);
  if (!child || !infer_extents(*child)) return std::nullopt;
  return child;
}

std::optional<schedule::State> SearchSpace::retile(const schedule::State& parent, std::span<const Retiling> retilings) {
  std::optional<schedule::State> child = retiled(parent, retilings);
  if (!child || !infer_extents(*child)) return std::nullopt;
  return child;
}

std::shared_ptr<const te::AccessAnalysis> SearchSpace::access_of(const schedule::State& state) const {
  for (std::size_t i = 0; i < sketches_.size(); ++i)
    if (same_stages(*sketches_[i].dag(), *state.dag())) return sketch_access_[i];
  return std::make_shared<te::AccessAnalysis>(state.dag());
}

int SearchSpace::sketch_of(const schedule::State& state) const {
  for (std::size_t k = 0; k < sketches_.size(); ++k) {
    const schedule::State& sketch = sketches_[k];
    bool same = sketch.num_steps() <= state.num_steps();
    for (int i = 0; same && i < sketch.num_steps(); ++i) same = same_but_lengths(sketch.step(i), state.step(i));
    if (same) return static_cast<int>(k);
  }
  return -1;
}

std::vector<SearchSpace::MutationInfo> SearchSpace::mutations() const {
  std::vector<MutationInfo> infos;
  for (const Mutation* rule : mutations_) infos.push_back({std::string(rule->name), rule->odds, rule->moves_factors});
  return infos;
}

schedule::State SearchSpace::default_state() const {
  schedule::State state = default_schedule(dag_, hardware_);
  infer_extents(state);
  return state;
}

}  // namespace tilewright::space
