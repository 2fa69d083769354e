#pragma once

#include <cstdint>
#include <optional>

#include "schedule/state.h"

namespace tilewright::search {

/// Makes a complete state comparable: infers the extents of all its loops, those of attached stages included, and
/// returns its structural hash. Two states that print alike have the same hash, however they came to be (sampled,
/// mutated, replayed from a record). Nothing if the state has no program.
std::optional<std::uint64_t> canonicalize(schedule::State& state);

}  // namespace tilewright::search
