#include "space/mutate/mutations.h"
#include "space/queries.h"

namespace tilewright::space {
namespace {

using schedule::SplitStep;
using schedule::State;

bool packs(const State& state) {
  for (int i = 0; i < state.num_steps(); ++i)
    if (std::holds_alternative<schedule::CacheReadStep>(state.step(i))) return true;
  return false;
}

/// Gives every split of `child` that has one of the same tensor, loop and depth in `parent` its lengths.
void take_lengths(std::vector<schedule::Step>& child, const State& child_state, const State& parent) {
  std::vector<bool> taken(static_cast<std::size_t>(parent.num_steps()), false);
  for (int c = 0; c < child_state.num_steps(); ++c) {
    auto* to = std::get_if<SplitStep>(&child[static_cast<std::size_t>(c)]);
    if (!to) continue;
    const std::string& name = child_state.stage(stage_after(child_state, c, to->stage)).tensor->name;
    for (int p = 0; p < parent.num_steps(); ++p) {
      const auto* from = std::get_if<SplitStep>(&parent.step(p));
      if (!from || taken[static_cast<std::size_t>(p)] || from->extent != to->extent || from->iter != to->iter ||
          from->lengths.size() != to->lengths.size() ||
          parent.stage(stage_after(parent, p, from->stage)).tensor->name != name)
        continue;
      to->lengths = from->lengths;
      taken[static_cast<std::size_t>(p)] = true;
      break;
    }
  }
}

/// A random state of another sketch, with the parent's tiles.
template <bool kPacking>
std::optional<State> switch_sketch(const SampleContext& context, const State& parent, Rng& rng) {
  if (!context.space) return std::nullopt;
  std::vector<int> others;
  for (int k = 0; k < std::ssize(context.space->sketches()); ++k)
    if (k != context.sketch &&
        (packs(context.space->sketches()[static_cast<std::size_t>(k)]) != packs(parent)) == kPacking)
      others.push_back(k);
  if (others.empty()) return std::nullopt;
  const auto sample = context.space->sample(others[static_cast<std::size_t>(rng.below(std::ssize(others)))], rng);
  if (!sample) return std::nullopt;
  std::vector<schedule::Step> steps = sample->steps();
  take_lengths(steps, *sample, parent);
  Result<State> child = State::replay(parent.base_dag(), steps);
  if (!child) return std::nullopt;
  return std::move(*child);
}

}  // namespace

const Mutation kSwitchPacking{"packing", 0, switch_sketch<true>},
    kSwitchFusion{"fusion level", 0, switch_sketch<false>};

}  // namespace tilewright::space
