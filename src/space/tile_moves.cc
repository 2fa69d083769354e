#include "space/tile_moves.h"

#include <algorithm>
#include <map>

#include "base/integer.h"
#include "space/factor_table.h"

namespace tilewright::space {
namespace {

/// Divisors in order; from a table for short lengths, as moves are drawn by the million.
std::span<const std::int64_t> divisors_of(std::int64_t n, std::vector<std::int64_t>& room) {
  constexpr std::int64_t kShort = 4096;
  static const std::vector<std::vector<std::int64_t>> table = [] {
    std::vector<std::vector<std::int64_t>> rows;
    for (std::int64_t i = 0; i < kShort; ++i) rows.push_back(divisors(i));
    return rows;
  }();
  if (n < kShort) return table[static_cast<std::size_t>(n)];
  return room = divisors(n);
}

}  // namespace

std::optional<TileMove> draw_tile_move(std::span<const TileAxis> axes, Rng& rng) {
  if (axes.empty()) return std::nullopt;
  const auto at = static_cast<std::size_t>(rng.below(std::ssize(axes)));
  const std::vector<std::int64_t>& lengths = axes[at].lengths;
  if (lengths.size() < 2) return std::nullopt;
  const auto from = static_cast<std::size_t>(rng.below(std::ssize(lengths)));
  const auto to = (from + 1 + static_cast<std::size_t>(rng.below(std::ssize(lengths) - 1))) % lengths.size();
  std::vector<std::int64_t> room;
  const std::span<const std::int64_t> factors = divisors_of(lengths[from], room);
  const bool innermost = to + 1 == lengths.size();
  const std::int64_t largest = innermost ? kMaxInnermostLength / lengths[to] : lengths[from];
  const std::int64_t fitting = std::ranges::upper_bound(factors, largest) - factors.begin();
  if (fitting < 2) return std::nullopt;  // the first is 1
  return TileMove{at, from, to, factors[static_cast<std::size_t>(rng.between(1, fitting - 1))]};
}

Retiling retiling_of(const TileMove& move, std::span<const TileAxis> axes) {
  Retiling retiling{axes[move.axis].step, axes[move.axis].lengths};
  retiling.lengths[move.from] /= move.factor;
  retiling.lengths[move.to] *= move.factor;
  return retiling;
}

std::optional<schedule::State> retiled(const schedule::State& parent, std::span<const Retiling> retilings) {
  std::map<int, schedule::Step> replacements;
  for (const Retiling& retiling : retilings) {
    schedule::SplitStep split = std::get<schedule::SplitStep>(parent.step(retiling.step));
    split.lengths.assign(retiling.lengths.begin() + 1, retiling.lengths.end());
    replacements.emplace(retiling.step, std::move(split));
  }
  Result<schedule::State> child = parent.with_steps(std::move(replacements));
  if (!child) return std::nullopt;
  return std::move(*child);
}

}  // namespace tilewright::space
