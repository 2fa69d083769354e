#pragma once

#include <string>
#include <vector>

#include "te/dag.h"

namespace tilewright::task {

/// One thing to tune: an expression DAG under a stable key.
struct Task {
  std::string key;  ///< JSON text as in TVM's workload_key; equal for equal computations (structure, shapes, types)
  std::string description;  ///< for people: "conv2d+bias+relu 56x56x64->64 3x3 s1"
  te::DagRef dag;
  double flops = 0;  ///< te::flop_count(*dag)
  int count = 1;     ///< how often the model runs it
  std::vector<int>
      flushed_arguments;       ///< positions of arguments that a run finds outside the caches: a network's weights
  std::string alternative_of;  ///< key of the task whose result it computes in another way; empty: none
};

/// A task with its key (a hash of the structure, then the shapes of all arguments) and FLOP count filled in.
Task make_task(te::DagRef dag, std::string description, int count = 1);

}  // namespace tilewright::task
