#pragma once

#include "schedule/state.h"

namespace tilewright::space {

/// Moves the vectors of a transposition outside of the axis that its input lies along, if they are more. Cores then
/// divide the longer of the two, in both directions alike, as the convolution between them does: divided by what is
/// shorter, each would read what the others wrote, which costs more than the transposition where cores share no cache,
/// and which timing it alone does not show. Expects a stage whose only split is that of its vector; leaves all others
/// alone.
void share_longer_axis(schedule::State& state, int stage);

}  // namespace tilewright::space
