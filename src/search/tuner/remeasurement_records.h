#pragma once

#include <span>
#include <vector>

#include "search/evolve/measured_set.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::search {

/// What a re-measurement that ended just now found out, as records without target and threads: the fastest first, so
/// that a run killed while they are written has kept who won.
std::vector<task::Record> remeasurement_records(const task::Task& task, std::span<const Candidate> finalists,
                                                std::span<const task::Measurement> results);

}  // namespace tilewright::search
