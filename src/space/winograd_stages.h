#pragma once

#include <cstdint>
#include <vector>

#include "schedule/state.h"
#include "te/access.h"

namespace tilewright::space {

/// An axis along which `length` neighbouring elements belong to one tile.
struct TransformAxis {
  int axis;
  std::int64_t length;
};

/// The axes of a stage that transforms tiles by matrices of constants (attribute "transform_tile": ops/winograd.h);
/// none for other stages.
std::vector<TransformAxis> transform_tile(const te::Operation& op);

/// Shapes the loops of such a stage, so that a tile is straight-line code and matrix entries fold into it: outside the
/// loops over tiles and vectors, inside those over the elements of a tile, unrolled, and a vector.
///
/// Where an elementwise stage reads the result, its loops are shaped and the transform is inlined in them; where
/// another transform does, this one is computed just outside of that one's tile. `vector_length`: elements of the
/// vector; kUnknown leaves it open. Returns the stage that was shaped, -1 if it was one that is computed in another.
/// Before: none of the stages involved has been scheduled, except the transform that reads this one.
int schedule_transform(schedule::State& state, const te::AccessAnalysis& access, int stage, std::int64_t vector_length);

/// The loops of a shaped stage outside of its tile.
int loops_around_tile(const schedule::Stage& stage);

}  // namespace tilewright::space
