#include <algorithm>
#include <optional>

#include "backend/cpu/passes.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "backend/cpu/passes/leaves.h"
#include "backend/cpu/passes/nest.h"

namespace tilewright::cpu {
namespace {

using loop::AffineExpr;
using loop::Block;
using loop::For;
using loop::LoadValue;
using loop::LoopKind;

/// Elements by which a load moves with a variable, nothing where that varies: of fused loops, too.
std::optional<std::int64_t> stride(loop::Program& program, const LoadValue& load, int var) {
  const AffineExpr offset = program.indices.recombine(program.offset(load.buffer, load.indices));
  const std::int64_t coefficient = offset.coefficient(var);
  if (program.indices.depends_on(offset - loop::AffineTable::variable(var) * coefficient, var)) return std::nullopt;
  return coefficient;
}

/// The loop of a nest along which a load runs through memory that the vector strides over; -1: there is none.
int row_loop(loop::Program& program, const Loops& loops, const loop::Store& store) {
  std::vector<LoadValue> loads;
  for_each_load(program, store.value, [&](const LoadValue& load) { loads.push_back(load); });
  for (const LoadValue& load : loads) {
    const auto across = stride(program, load, loops.back().var);
    if (!across || *across == 0 || *across == 1) continue;
    for (std::size_t i = 0; i + 1 < loops.size(); ++i)
      if (extent_of(loops[i]) >= kFewestTransposed && stride(program, load, loops[i].var) == 1)
        return static_cast<int>(i);
  }
  return -1;
}

/// How many iterations of the loop go inside: as many as lanes if they divide it, and leave enough for all cores.
std::int64_t block_of(const For& loop, const target::TargetSpec& target) {
  std::int64_t best = 0;
  for (std::int64_t block = kFewestTransposed; block <= target.emitter_policy().lanes(); ++block) {
    const bool keeps_cores_busy = loop.kind != LoopKind::parallel || extent_of(loop) / block >= target.cores;
    if (extent_of(loop) % block == 0 && block < extent_of(loop) && keeps_cores_busy) best = block;
  }
  return best;
}

/// Moves rows of the nest around `body`, a store, inside, if there are any to be transposed.
void move_rows_inside(loop::Program& program, const target::TargetSpec& target, Loops& loops, Block& body) {
  const auto& store = std::get<loop::Store>(body[0].kind);
  if (loops.size() < 2 || loops.back().kind != LoopKind::vectorized || store.update || !are_independent(program, body))
    return;
  const int at = row_loop(program, loops, store);
  if (at < 0) return;
  For& loop = loops[static_cast<std::size_t>(at)];
  const bool is_there = at + 2 == static_cast<int>(loops.size()) && loop.kind == LoopKind::unrolled;
  if (is_there) return;
  For rows;
  if (const std::int64_t block = block_of(loop, target); block > 0) {
    rows = cut_block(program, loop, block, body);
  } else if (loop.kind != LoopKind::parallel && extent_of(loop) <= target.emitter_policy().lanes()) {
    rows = std::move(loop);
    loops.erase(loops.begin() + at);
  } else {
    return;
  }
  rows.kind = LoopKind::unrolled;
  loops.insert(loops.end() - 1, std::move(rows));
}

}  // namespace

void tile_transposes(loop::Program& program, const target::TargetSpec& target) {
  for_each_nest(program.body, [&](Loops loops, Block body) {
    move_rows_inside(program, target, loops, body);
    return nest_of(std::move(loops), std::move(body));
  });
}

}  // namespace tilewright::cpu
