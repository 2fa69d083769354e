#include "space/tile_lengths.h"

#include <algorithm>

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

std::vector<std::int64_t> tile_lengths(const schedule::SplitStep& split) {
  std::vector<std::int64_t> lengths{ceil_div(split.extent, product(split.lengths))};
  lengths.insert(lengths.end(), split.lengths.begin(), split.lengths.end());
  return lengths;
}

schedule::SplitStep with_tile_lengths(schedule::SplitStep split, std::span<const std::int64_t> lengths) {
  split.lengths.assign(lengths.begin() + 1, lengths.end());
  return split;
}

std::span<const std::int64_t> movable_factors(std::span<const std::int64_t> lengths, std::size_t from, std::size_t to,
                                              std::vector<std::int64_t>& room) {
  const std::span<const std::int64_t> factors = divisors_of(lengths[from], room);
  const bool innermost = to + 1 == lengths.size();
  const std::int64_t largest = innermost ? kMaxInnermostLength / lengths[to] : lengths[from];
  const std::int64_t fitting = std::ranges::upper_bound(factors, largest) - factors.begin();
  return fitting < 2 ? std::span<const std::int64_t>() : factors.subspan(1, static_cast<std::size_t>(fitting - 1));
}

}  // namespace tilewright::space
