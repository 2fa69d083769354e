#include <algorithm>
#include <utility>

#include "base/integer.h"
#include "space/mutate/mutations.h"
#include "space/tile_lengths.h"

namespace tilewright::space {
namespace {

using schedule::SplitStep;

/// The sketch decides the lengths of the split: those of a transform's tile (winograd_stages.h).
bool is_decided(const SampleContext& context, int step) {
  if (!context.space || context.sketch < 0) return false;
  const schedule::State& sketch = context.space->sketches()[static_cast<std::size_t>(context.sketch)];
  const auto* split = step < sketch.num_steps() ? std::get_if<SplitStep>(&sketch.step(step)) : nullptr;
  return split && std::find(split->lengths.begin(), split->lengths.end(), schedule::kUnknown) == split->lengths.end();
}

std::vector<int> mutable_splits(const SampleContext& context, const schedule::State& state) {
  std::vector<int> splits;
  for (int i = 0; i < state.num_steps(); ++i)
    if (const auto* split = std::get_if<SplitStep>(&state.step(i)))
      if (split->extent > 1 && split->inner_to_outer && split->lengths.back() <= kMaxInnermostLength &&
          !is_decided(context, i))
        splits.push_back(i);
  return splits;
}

/// Moves a random factor from one length to another.
bool move_random_factor(std::vector<std::int64_t>& all, Rng& rng) {
  const std::size_t n = all.size();
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  for (std::size_t i = n; i-- > 1;)
    std::swap(order[i], order[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(i) + 1))]);
  std::vector<std::int64_t> room;
  for (std::size_t p = 0; p < n; ++p) {
    const std::size_t from = order[p], to = order[(p + 1) % n];
    const std::span<const std::int64_t> factors = movable_factors(all, from, to, room);
    if (factors.empty()) continue;
    move_factor(all, from, to, factors[static_cast<std::size_t>(rng.below(std::ssize(factors)))]);
    return true;
  }
  return false;
}

/// The step is not of the sketch: annotation cut a vector off a loop with it.
bool makes_vector(const SampleContext& context, int step) {
  return context.space && context.sketch >= 0 &&
         step >= context.space->sketches()[static_cast<std::size_t>(context.sketch)].num_steps();
}

/// Draws other lengths for `split`; false if there are none.
bool change(SplitStep& split, bool is_vector, const SampleContext& context, Rng& rng) {
  if (is_vector) {
    const std::int64_t width = draw_vector_width(split.extent, context, rng);
    return width != std::exchange(split.lengths.back(), width);
  }
  std::vector<std::int64_t> all = tile_lengths(split);
  if (!move_random_factor(all, rng)) return false;
  split = with_tile_lengths(std::move(split), all);
  return true;
}

}  // namespace

/// Moves a factor between two tile levels of one loop; loops split alike follow. In the full space a vector that
/// annotation cut off a loop gets another width instead.
const Mutation kMutateTileSize{
    "tile-size", 0.90,
    [](const SampleContext& context, const schedule::State& parent, Rng& rng) -> std::optional<schedule::State> {
      const std::vector<int> splits = mutable_splits(context, parent);
      if (splits.empty()) return std::nullopt;
      const int chosen = splits[static_cast<std::size_t>(rng.below(std::ssize(splits)))];
      SplitStep split = std::get<SplitStep>(parent.step(chosen));
      if (!change(split, makes_vector(context, chosen), context, rng)) return std::nullopt;
      Result<schedule::State> child = parent.with_step(chosen, std::move(split));
      if (!child) return std::nullopt;
      return std::move(*child);
    },
    true};

}  // namespace tilewright::space
