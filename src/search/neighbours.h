#pragma once

#include <vector>

#include "schedule/state.h"

namespace tilewright::search {

/// Every state one small step away from `state`, in a fixed order: for each split, one prime factor moved from one of
/// its loops to another (the outermost, whose length follows from the others, included); for each auto-unroll pragma,
/// the other limits. Only states that replay, that print differently from `state`, and each once.
std::vector<schedule::State> neighbours(const schedule::State& state);

}  // namespace tilewright::search
