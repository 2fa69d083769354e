#include <algorithm>

#include "space/mutate/mutations.h"

namespace tilewright::space {
namespace {

using schedule::SplitStep;
using schedule::State;

/// Takes the lengths of one split from the mate, which is of the same sketch.
std::optional<State> cross(const SampleContext& context, const State& parent, Rng& rng) {
  if (!context.mate) return std::nullopt;
  std::vector<int> differing;
  for (int i = 0; i < std::min(parent.num_steps(), context.mate->num_steps()); ++i) {
    const auto* own = std::get_if<SplitStep>(&parent.step(i));
    const auto* other = std::get_if<SplitStep>(&context.mate->step(i));
    if (own && other && own->stage == other->stage && own->iter == other->iter && own->extent == other->extent &&
        own->lengths.size() == other->lengths.size() && own->lengths != other->lengths)
      differing.push_back(i);
  }
  if (differing.empty()) return std::nullopt;
  const int chosen = differing[static_cast<std::size_t>(rng.below(std::ssize(differing)))];
  Result<State> child = parent.with_step(chosen, context.mate->step(chosen));
  if (!child) return std::nullopt;
  return std::move(*child);
}

}  // namespace

const Mutation kCrossover{"crossover", 0, cross};

}  // namespace tilewright::space
