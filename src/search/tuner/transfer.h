#pragma once

#include <optional>
#include <span>

#include "schedule/state.h"

namespace tilewright::search {

/// A schedule of one task on the DAG of another: the same steps with the extents of the other's loops, lengths of
/// splits no longer than what they split. Nothing where the steps do not fit or lead to no program; with `tails` off
/// also where lengths do not divide their extent.
std::optional<schedule::State> transfer(std::span<const schedule::Step> steps, const te::DagRef& dag, bool tails);

}  // namespace tilewright::search
