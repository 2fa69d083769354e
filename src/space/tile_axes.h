#pragma once

#include <cstdint>
#include <vector>

#include "schedule/state.h"

namespace tilewright::space {

/// What a split loop is to the innermost vector of its stage.
enum class AxisRole { vector, row, reduction };

/// One split of a complete state that can be given other lengths.
struct TileAxis {
  int step;   ///< its position among the state's steps
  int stage;  ///< of the complete state
  int loop;   ///< of the stage: its axes, then those of its reduction
  AxisRole role;
  std::vector<std::int64_t> lengths;  ///< tile_lengths.h
};

/// The splits of a complete state in the order of its steps; those made of loops that were split before are left out.
std::vector<TileAxis> tile_axes(const schedule::State& state);

}  // namespace tilewright::space
