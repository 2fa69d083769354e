#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "schedule/step.h"

namespace tilewright::space {

// The lengths of all levels of a split loop, the outermost first: it follows from the others, and is rounded up where
// they leave a tail.

std::vector<std::int64_t> tile_lengths(const schedule::SplitStep& split);
schedule::SplitStep with_tile_lengths(schedule::SplitStep split, std::span<const std::int64_t> lengths);

/// Factors above 1 of level `from` that level `to` can take, ascending; the innermost gets no longer than
/// kMaxInnermostLength. The first is prime. `room` is memory for them.
std::span<const std::int64_t> movable_factors(std::span<const std::int64_t> lengths, std::size_t from, std::size_t to,
                                              std::vector<std::int64_t>& room);
inline void move_factor(std::span<std::int64_t> lengths, std::size_t from, std::size_t to, std::int64_t factor) {
  lengths[from] /= factor;
  lengths[to] *= factor;
}

}  // namespace tilewright::space
