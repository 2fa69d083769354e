#pragma once

#include "te/dag.h"

namespace tilewright::te {

/// Floating-point operations of one evaluation of the DAG, counted as in docs/ansor.md §1.3 (exp counts 0, a select its
/// dearer branch). A DAG that only moves data has 0.
double flop_count(const Dag& dag);

}  // namespace tilewright::te
