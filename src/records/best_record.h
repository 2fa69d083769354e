#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "task/measurement.h"

namespace tilewright::records {

/// Which of `members`, positions among `records` and all of one workload, target and number of threads, is the best
/// state known: the fastest of the last re-measurement, or one that was measured after it and beats its time there.
/// What was measured before a re-measurement and did not take part lost to those who did, whatever lucky time it has.
/// Failed records and those cut short are never best. None if there is no other.
std::optional<std::size_t> best_record(const std::vector<task::Record>& records, std::span<const std::size_t> members);

}  // namespace tilewright::records
