#include "space/tile_moves.h"

#include <map>

#include "space/tile_lengths.h"

namespace tilewright::space {

std::optional<TileMove> draw_tile_move(std::span<const TileAxis> axes, Rng& rng) {
  if (axes.empty()) return std::nullopt;
  const auto at = static_cast<std::size_t>(rng.below(std::ssize(axes)));
  const std::vector<std::int64_t>& lengths = axes[at].lengths;
  if (lengths.size() < 2) return std::nullopt;
  const auto from = static_cast<std::size_t>(rng.below(std::ssize(lengths)));
  const auto to = (from + 1 + static_cast<std::size_t>(rng.below(std::ssize(lengths) - 1))) % lengths.size();
  std::vector<std::int64_t> room;
  const std::span<const std::int64_t> factors = movable_factors(lengths, from, to, room);
  if (factors.empty()) return std::nullopt;
  return TileMove{at, from, to, factors[static_cast<std::size_t>(rng.below(std::ssize(factors)))]};
}

Retiling retiling_of(const TileMove& move, std::span<const TileAxis> axes) {
  Retiling retiling{axes[move.axis].step, axes[move.axis].lengths};
  move_factor(retiling.lengths, move.from, move.to, move.factor);
  return retiling;
}

std::optional<schedule::State> retiled(const schedule::State& parent, std::span<const Retiling> retilings) {
  std::map<int, schedule::Step> replacements;
  for (const Retiling& retiling : retilings)
    replacements.emplace(
        retiling.step, with_tile_lengths(std::get<schedule::SplitStep>(parent.step(retiling.step)), retiling.lengths));
  Result<schedule::State> child = parent.with_steps(std::move(replacements));
  if (!child) return std::nullopt;
  return std::move(*child);
}

}  // namespace tilewright::space
