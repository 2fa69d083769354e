#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "lab/results.h"

namespace tilewright::lab {

/// The line that `read_results` takes judged times from: the best schedules of every run of one input, compiled and
/// timed in turns by one timer with warm caches; the median of each. Equal schedules are timed once.
nlohmann::json judge_runs(const std::string& input, const std::vector<const Run*>& runs, int threads);

}  // namespace tilewright::lab
