#pragma once

#include <cstdint>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "backend/cpu/backend.h"
#include "cost/analytic/machine.h"
#include "loop/lower.h"
#include "schedule/state.h"
#include "te/tensor.h"

namespace tilewright::cost {

/// A machine with round figures, so that expected values can be worked out by hand: 2 cores, 16 lanes, 32 registers,
/// one FMA, load and store per cycle.
inline Machine test_machine() {
  Machine machine;
  machine.cores = 2;
  machine.vector_bytes = machine.unit_bytes = 64;
  machine.registers = 32;
  machine.fma_per_cycle = machine.loads_per_cycle = 1;
  machine.stores_per_cycle = 0.5;
  machine.capacity[2] = 32 << 20;
  return machine;
}

/// C[n, m] = A[n, k] * B[k, m].
inline te::DagRef matmul(std::int64_t n, std::int64_t m, std::int64_t k) {
  const te::Tensor a = te::placeholder({n, k}, "A"), b = te::placeholder({k, m}, "B");
  const te::AxisRef r = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute(
      {n, m}, "C", [&](std::span<const te::Expr> i) { return te::sum(a(i[0], r) * b(r, i[1]), {r}); }, {"i", "j"});
  return te::Dag::make({a, b, c});
}

/// What tiled_matmul leaves open.
struct Tiles {
  std::int64_t rows = 8, columns = 32, steps = 64;  ///< register tile, and reduction steps in the inner loop
  int unroll = 512;
  bool vectorize = true, parallel = true;
  std::int64_t row_blocks = 4, column_blocks = 4;  ///< register tiles per iteration of the parallel loop
};

/// Ansor's second cache-write sketch of a matmul with the given tiles.
inline schedule::State tiled_matmul(const te::DagRef& dag, const Tiles& t) {
  using namespace schedule;
  const auto& c = *dag->ops()[2];
  std::vector<Step> steps{CacheWriteStep{2, "local"},
                          SplitStep{2, 0, c.shape[0], {t.row_blocks, 1, t.rows}},
                          SplitStep{2, 4, c.shape[1], {t.column_blocks, 1, t.columns}},
                          SplitStep{2, 8, c.reduce_axes[0]->extent, {t.steps}},
                          ReorderStep{2, {0, 4, 1, 5, 8, 2, 6, 9, 3, 7}},
                          FollowSplitStep{3, 0, 1, 2},
                          FollowSplitStep{3, 3, 2, 2},
                          ReorderStep{3, {0, 3, 1, 4, 2, 5}},
                          ComputeAtStep{2, 3, 3},
                          FuseStep{3, {0, 1}}};
  if (t.parallel) steps.push_back(AnnotateStep{3, 0, Annotation::parallel});
  steps.push_back(PragmaStep{2, 0, "auto_unroll_max_step$" + std::to_string(t.unroll)});
  if (t.vectorize) {
    steps.push_back(AnnotateStep{2, 9, Annotation::vectorize});
    steps.push_back(AnnotateStep{3, 4, Annotation::vectorize});
  }
  const Result<State> state = State::replay(dag, steps);
  TW_CHECK(static_cast<bool>(state), "{}", state.message());
  return *state;
}

inline loop::Program lowered(const schedule::State& state) {
  Result<loop::Program> program = loop::lower(state);
  TW_CHECK(static_cast<bool>(program), "{}", program.message());
  return std::move(*program);
}

/// As a cost model of options.target takes them.
inline std::vector<backend::ScheduledProgram> scheduled(const std::vector<schedule::State>& states,
                                                        const target::TargetSpec& target) {
  return backend::scheduled_programs(states, cpu::make_target(target));
}

inline loop::Program lowered_matmul(std::int64_t n, std::int64_t m, std::int64_t k, const Tiles& tiles) {
  return lowered(tiled_matmul(matmul(n, m, k), tiles));
}

}  // namespace tilewright::cost
