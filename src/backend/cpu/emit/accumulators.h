#pragma once

#include <vector>

#include "backend/cpu/emit/function.h"

namespace tilewright::cpu {

/// The reduction updates inside `loop` whose elements stay the same over all its iterations, so that they can live in
/// registers while it runs. For each: the store, and the unrolled and vectorized loops between `loop` and the store.
/// Left out: stores under a guard (their element may not exist), buffers that are accessed otherwise inside, and sets
/// that are much larger than the register file.
struct Accumulator {
  const loop::Store* store;
  std::vector<const loop::For*> path;  ///< outermost first
};
std::vector<Accumulator> find_accumulators(const loop::Program& program, const target::TargetSpec& target,
                                           const loop::For& loop);

}  // namespace tilewright::cpu
