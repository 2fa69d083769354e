#include "space/tile_moves.h"

#include "base/integer.h"
#include "space/factor_table.h"

namespace tilewright::space {

std::optional<TileMove> draw_tile_move(std::span<const TileAxis> axes, Rng& rng) {
  if (axes.empty()) return std::nullopt;
  const auto at = static_cast<std::size_t>(rng.below(std::ssize(axes)));
  const std::vector<std::int64_t>& lengths = axes[at].lengths;
  const auto from = static_cast<std::size_t>(rng.below(std::ssize(lengths)));
  const auto to = (from + 1 + static_cast<std::size_t>(rng.below(std::ssize(lengths) - 1))) % lengths.size();
  const bool innermost = to + 1 == lengths.size();
  std::vector<std::int64_t> factors = divisors(lengths[from]);
  std::erase_if(factors,
                [&](std::int64_t f) { return f == 1 || (innermost && f * lengths[to] > kMaxInnermostLength); });
  if (factors.empty()) return std::nullopt;
  return TileMove{at, from, to, factors[static_cast<std::size_t>(rng.below(std::ssize(factors)))]};
}

Retiling retiling_of(const TileMove& move, std::span<const TileAxis> axes) {
  Retiling retiling{axes[move.axis].step, axes[move.axis].lengths};
  retiling.lengths[move.from] /= move.factor;
  retiling.lengths[move.to] *= move.factor;
  return retiling;
}

std::optional<schedule::State> retiled(const schedule::State& parent, const Retiling& retiling) {
  schedule::SplitStep split = std::get<schedule::SplitStep>(parent.step(retiling.step));
  split.lengths.assign(retiling.lengths.begin() + 1, retiling.lengths.end());
  Result<schedule::State> child = parent.with_step(retiling.step, std::move(split));
  if (!child) return std::nullopt;
  return std::move(*child);
}

}  // namespace tilewright::space
