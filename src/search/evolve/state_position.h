#pragma once

#include <cstdint>
#include <vector>

#include "schedule/state.h"

namespace tilewright::search {

/// Where a complete state lies in its search space, as numbers that can be compared.
struct StatePosition {
  std::uint64_t skeleton = 0;       ///< hash of its steps without lengths and annotations: as good as its sketch
  std::vector<double> coordinates;  ///< log2 of every split length, then unroll limits, loops fused and marked, places
};

/// States of one skeleton have equally many coordinates.
StatePosition position_of(const schedule::State& state);

/// Sum of squared differences; both of one skeleton.
double squared_distance(const StatePosition& a, const StatePosition& b);

}  // namespace tilewright::search
