#pragma once

#include <vector>

#include "base/error.h"
#include "loop/bounds.h"
#include "loop/program.h"
#include "schedule/state.h"

namespace tilewright::loop {

/// Lowers a concrete state to a loop program: bound inference, storage, guards, unrolling decisions, then the
/// passes. Failure (a value, never an exception) for a state that has no
/// program: an unknown split length, an attachment to a loop that does not enclose all readers, nested parallel loops.
/// Thread-safe: depends on nothing but the state.
Result<Program> lower(const schedule::State& state);
/// The same with the state's bounds, which were inferred before.
Result<Program> lower(const schedule::State& state, Bounds bounds);

/// The extent of every loop, [stage][iter], found by bound inference for attached stages; kUnknown for inlined stages
/// and placeholders. What `State::set_extents` takes before annotation rules look at attached stages.
Result<std::vector<std::vector<std::int64_t>>> infer_extents(const schedule::State& state);
/// The same of bounds that were inferred before.
std::vector<std::vector<std::int64_t>> extents_of(const schedule::State& state, const Bounds& bounds);

}  // namespace tilewright::loop
