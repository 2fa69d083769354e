#include "search/tuner/transfer.h"

#include <algorithm>

#include "base/integer.h"
#include "loop/lower.h"

namespace tilewright::search {
namespace {

using schedule::SplitStep;
using schedule::State;

/// Extent of a loop, inferred if its stage is attached; kUnknown if there is no such loop.
std::int64_t extent_of(State& state, int stage, int iter) {
  if (stage < 0 || stage >= state.num_stages()) return schedule::kUnknown;
  const auto extent = [&] {
    const auto& loops = state.stage(stage).iters;
    return iter >= 0 && iter < std::ssize(loops) ? loops[static_cast<std::size_t>(iter)].extent : schedule::kUnknown;
  };
  if (extent() == schedule::kUnknown)
    if (const auto extents = loop::infer_extents(state)) state.set_extents(*extents);
  return extent();
}

/// False: the step does not fit.
bool adapt(SplitStep& split, State& state, bool tails) {
  const std::int64_t extent = extent_of(state, split.stage, split.iter);
  if (extent == schedule::kUnknown) return false;
  split.extent = extent;
  for (std::int64_t& length : split.lengths) length = std::min(length, extent);
  return tails || extent % product(split.lengths) == 0;
}

}  // namespace

std::optional<State> transfer(std::span<const schedule::Step> steps, const te::DagRef& dag, bool tails) {
  State state = State::initial(dag);
  for (schedule::Step step : steps) {
    auto* split = std::get_if<SplitStep>(&step);
    if (split && !adapt(*split, state, tails)) return std::nullopt;
    if (!state.apply(step)) return std::nullopt;
  }
  if (!state.is_concrete() || !loop::lower(state)) return std::nullopt;
  return state;
}

}  // namespace tilewright::search
