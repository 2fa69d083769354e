#include <algorithm>

#include "backend/cpu/passes.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "backend/cpu/passes/leaves.h"
#include "backend/cpu/passes/nest.h"
#include "base/integer.h"

namespace tilewright::cpu {
namespace {

using loop::For;
using loop::LoadValue;
using loop::LoopKind;

/// Some load moves alike with both variables: what one tap of a window reads, the next tap of the neighbour reads, too.
bool slides(const loop::Program& program, loop::ValueId value, int tap, int row) {
  bool found = false;
  for_each_load(program, value, [&](const LoadValue& load) {
    const auto step = stride_of(program, load.buffer, load.indices, tap);
    found = found || (step && *step != 0 && step == stride_of(program, load.buffer, load.indices, row));
  });
  return found;
}

/// Position of the taps of a window that would better stand inside the rows of its tile; -1: there are none.
int taps_to_move(const loop::Program& program, const Loops& loops, const loop::Store& store,
                 const target::TargetSpec& target) {
  const int vector = static_cast<int>(loops.size()) - 1;
  if (vector < 3 || loops.back().kind != LoopKind::vectorized || !store.update) return -1;
  const std::int64_t vectors = ceil_div(extent_of(loops.back()), target.emitter_policy().lanes());
  const auto at = [&](int i) -> const For& { return loops[static_cast<std::size_t>(i)]; };
  const auto is_tile = [&](int i) { return !at(i).reduction && at(i).kind == LoopKind::unrolled; };
  std::int64_t updates = vectors;
  int tap = vector - 1;
  for (; tap >= 0 && is_tile(tap); --tap) updates *= extent_of(at(tap));
  // A reduction around them all keeps the results in registers.
  if (tap < 1 || tap == vector - 1 || !at(tap - 1).reduction) return -1;
  const For& taps = at(tap);
  if (!taps.reduction || taps.kind != LoopKind::unrolled || extent_of(taps) < 2) return -1;
  const bool fits = updates + 2 * extent_of(taps) * vectors <= target.vector_registers;
  return fits && slides(program, store.value, taps.var, at(vector - 1).var) ? tap : -1;
}

}  // namespace

void slide_windows(loop::Program& program, const target::TargetSpec& target) {
  for_each_nest(program.body, [&](Loops loops, loop::Block body) {
    const auto& store = std::get<loop::Store>(body[0].kind);
    if (const int tap = taps_to_move(program, loops, store, target); tap >= 0 && are_independent(program, body))
      std::rotate(loops.begin() + tap, loops.begin() + tap + 1, loops.end() - 1);
    return nest_of(std::move(loops), std::move(body));
  });
}

}  // namespace tilewright::cpu
