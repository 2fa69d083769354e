#pragma once

#include <string_view>
#include <vector>

#include "schedule/state.h"

namespace tilewright::space {

/// Tile levels of a CPU sketch, outer to inner: S spatial, R reduction.
inline constexpr std::string_view kCpuStructure = "SSRSRS";

/// Splits every loop of the untouched `stage` into the levels of its kind, lengths unknown, and orders the loops level
/// by level (docs/ansor.md §3.3). Returns the positions of the spatial split steps.
std::vector<int> multi_level_tile(schedule::State& state, int stage, std::string_view structure = kCpuStructure);

/// Splits the loops of the spatial `stage` like the loops of a tiled one: `levels` lengths, the first ones of each
/// split step and the product of the rest, and orders them level by level.
void follow_tiling(schedule::State& state, int stage, const std::vector<int>& split_steps, int levels);

}  // namespace tilewright::space
