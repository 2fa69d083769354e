#pragma once

#include <vector>

#include "backend/api/scheduled_program.h"

namespace tilewright::search {

/// Every state one small step away from `state`, in a fixed order: for each split, one prime factor moved from one of
/// its loops to another (the outermost, whose length follows from the others, included); for each auto-unroll pragma,
/// the other limits. Only states that replay and have a program and that print differently from `state`, each once.
/// Vectors of whole registers, of `vector_lanes` elements (1: it does not matter), stay so.
std::vector<backend::ScheduledProgram> neighbours(const schedule::State& state, const backend::TargetRef& target,
                                                  int vector_lanes = 1);

}  // namespace tilewright::search
