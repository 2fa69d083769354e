#pragma once

#include <cstdint>
#include <vector>

#include "schedule/state.h"

namespace tilewright::search {

struct Neighbour {
  schedule::State state;  ///< settled (settle.h)
  std::uint64_t hash;
};

/// Every state one small step away from `state`, in a fixed order: for each split, one prime factor moved from one of
/// its loops to another (the outermost, whose length follows from the others, included); for each auto-unroll pragma,
/// the other limits. Only states that replay and have a program and that print differently from `state`, each once.
/// Vectors of whole registers, of `vector_lanes` elements (1: it does not matter), stay so.
std::vector<Neighbour> neighbours(schedule::State state, int vector_lanes = 1);

}  // namespace tilewright::search
