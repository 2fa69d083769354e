#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "schedule/state.h"
#include "space/search_space.h"
#include "space/tile_moves.h"

namespace tilewright::search {

/// What mutation policies look at, read off the steps alone (no lowering): about as dear as copying the state.
/// Heuristic measures of the tiles of the stage with the most iterations and of what they share with registers, caches
/// and cores; all within -2 … 2, mostly within -1 … 1. Levels are those of a fourfold split, 0 the outermost; "vector"
/// is the axis that is vectorized, "rows" are the other spatial ones.
inline constexpr std::array<std::string_view, 26> kProgramFeatures{
    "bias",    "vector length", "lanes used",  "whole vectors", "accumulators", "registers short", "rows",
    "vectors", "vector 2",      "rows 2",      "vector 1",      "rows 1",       "vector 0",        "rows 0",
    "chunk",   "chunks",        "parallel",    "imbalance",     "unroll",       "body over limit", "L1 tile",
    "L2 tile", "loads per FMA", "bytes at L1", "bytes at L2",   "scalar"};

using ProgramFeatures = std::array<float, kProgramFeatures.size()>;

/// The tiles of one stage, all that the features are made of.
struct ProgramTile {
  std::array<std::int64_t, 4> vector{1, 1, 1, 1}, rows{1, 1, 1, 1};
  std::array<std::int64_t, 2> reduction{1, 1};
  double parallel = 1;  ///< iterations of the parallel loop
  int unroll_limit = 0;
  int stage = -1;  ///< whose tiles these are; -1: nothing is tiled
};

/// `axes`: those of `state`.
ProgramTile program_tile(const schedule::State& state, std::span<const space::TileAxis> axes);
/// The tile after a move; as it was if the move is in another stage. That the parallel loop covers the outermost level,
/// or the outermost two if it is longer than that, is an assumption.
ProgramTile moved(ProgramTile tile, const space::TileMove& move, std::span<const space::TileAxis> axes);

ProgramFeatures features_of(const ProgramTile& tile, const space::Hardware& hardware);
ProgramFeatures program_features(const schedule::State& state, const space::Hardware& hardware);

}  // namespace tilewright::search
