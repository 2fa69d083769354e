#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/rng.h"
#include "schedule/state.h"
#include "space/tile_axes.h"

namespace tilewright::space {

/// A factor of one tile level of an axis goes to another level.
struct TileMove {
  std::size_t axis;  ///< position among the axes
  std::size_t from, to;
  std::int64_t factor;
};

/// Other lengths for the split at a step: all levels, the outermost first.
struct Retiling {
  int step;
  std::vector<std::int64_t> lengths;
};

/// Draws an axis, two levels and a factor, each evenly (docs/ansor.md §5.3, but for the order in which it goes through
/// the levels). Nothing if the draw is void: no factor to move, or an innermost loop that would get too long.
std::optional<TileMove> draw_tile_move(std::span<const TileAxis> axes, Rng& rng);
Retiling retiling_of(const TileMove& move, std::span<const TileAxis> axes);

/// `parent` with the lengths of `retilings`; nothing if it does not replay. Its extents are not inferred yet.
std::optional<schedule::State> retiled(const schedule::State& parent, std::span<const Retiling> retilings);

}  // namespace tilewright::space
