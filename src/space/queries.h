#pragma once

#include <vector>

#include "schedule/state.h"
#include "te/access.h"

namespace tilewright::space {

/// Questions about a state that rules ask (docs/ansor.md §1.2). `access` is the analysis of the state's current DAG.

/// Stages that read `stage`, an inlined reader replaced by its own consumers. Ascending, each once.
std::vector<int> consumers(const schedule::State& state, int stage);
/// The only consumer, or the root stage that all consumers are or are computed in; -1 if there is none.
int single_consumer(const schedule::State& state, int stage);
/// The only consumer if every hop to it is elementwise, not both reduce, and its loops are still untouched; else -1.
int elementwise_matched_consumer(const schedule::State& state, const te::AccessAnalysis& access, int stage);
/// Some loop is not purely spatial.
bool has_reduce_iter(const schedule::Stage& stage);
/// Loops were split or fused.
bool is_tiled(const schedule::Stage& stage);
/// `stage` was made by a cache_write: it holds the computation, not the copy.
bool is_cache_of_write(const schedule::State& state, int stage);
/// The loop just outside of the innermost reduction loops and of the register tile inside them: in one iteration of it,
/// a tiled stage reads what a register tile needs of an operand. -1: there is none.
int packing_loop(const schedule::Stage& stage);
/// What the number `stage` has become at the end of the state's steps, if it was valid before step `step`.
int stage_after(const schedule::State& state, int step, int stage);

/// Lays the constant `stage` out in the blocks that one iteration of the packing loop of its only reader takes. Stages
/// from `stage + 1` on are numbered one higher afterwards.
void pack_constant(schedule::State& state, int stage, int reader);

/// Applies a step that can't be illegal.
void apply(schedule::State& state, const schedule::Step& step);

}  // namespace tilewright::space
