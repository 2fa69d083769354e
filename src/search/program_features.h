#pragma once

#include <array>
#include <string_view>

#include "schedule/state.h"
#include "space/search_space.h"

namespace tilewright::search {

/// What a mutation policy looks at, read off the steps alone (no lowering): about as dear as copying the state.
/// Heuristic measures of the register tile, of what it shares with caches and cores; all roughly within -1 … 1.
inline constexpr std::array<std::string_view, 12> kProgramFeatures{
    "bias",           "vector length",  "vector whole",  "accumulators",  "registers short", "rows",
    "block",          "outer",          "chunk",         "parallel",      "imbalance",       "unroll"};

using ProgramFeatures = std::array<float, kProgramFeatures.size()>;

ProgramFeatures program_features(const schedule::State& state, const space::Hardware& hardware);

}  // namespace tilewright::search
