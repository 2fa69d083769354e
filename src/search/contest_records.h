#pragma once

#include <span>
#include <vector>

#include "measure/measurement.h"
#include "measure/task.h"
#include "search/measured_set.h"

namespace tilewright::search {

/// What a contest that ended just now found out, as records without target and threads: the fastest first, so that a
/// run killed while they are written has kept who won.
std::vector<measure::Record> contest_records(const measure::Task& task, std::span<const Candidate> finalists,
                                             std::span<const measure::Measurement> results);

}  // namespace tilewright::search
