#pragma once

#include "base/rng.h"
#include "schedule/state.h"

namespace tilewright::support {

/// A complete state of random legal steps over all stages: inlining, cache_write, splits that need not divide, fusions,
/// reorders, compute_at and compute_root, annotations. Far wilder than what search samples; lowering may refuse it.
schedule::State random_schedule(const te::DagRef& dag, Rng& rng);

}  // namespace tilewright::support
