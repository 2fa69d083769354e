#pragma once

#include <vector>

#include "te/dag.h"

namespace tilewright::schedule {

/// What cache_read, cache_write and rfactor do to the DAG: operation `at` becomes two, and what read it reads `second`.
struct Insertion {
  int at;
  te::Tensor first, second;
  std::vector<int> readers;  ///< only these are redirected; empty: all
};

/// The DAG with `first` and `second` in the place of operation `at`, every other operation in its old order. Operations
/// that change are rebuilt with their name, axes and attributes.
te::DagRef insert(const te::Dag& dag, const Insertion& insertion);

}  // namespace tilewright::schedule
