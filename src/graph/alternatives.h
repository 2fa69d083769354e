#pragma once

#include <limits>
#include <vector>

#include "graph/algorithms.h"
#include "graph/partition.h"

namespace tilewright::graph {

/// Which algorithms a network may use.
struct AlgorithmOptions {
  std::vector<Algorithm> allowed{kAlgorithms.begin(), kAlgorithms.end()};
  /// The largest error, relative to the largest result (winograd_error), with which one is used. What direct
  /// convolution in f32 guarantees is about as much: n * 2^-24 of the sum of n = 9 * channels absolute products, 3e-5
  /// for 64 channels and 3e-4 for 512 (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, §3.1).
  double max_error = 1e-4;
};

/// Another way to compute a task.
struct Alternative {
  Algorithm algorithm;
  double error;  ///< largest one of the layers that are this task (winograd_error)
  bool is_exact_enough;
  task::Task task;  ///< of equal count; alternative_of is the key of the direct one
};

/// For each task of `cut`, in order: the other allowed ways to compute it, with their errors. All layers of a task are
/// computed in the same way. Threads: errors are measured with `jobs` threads (0: all cores).
std::vector<std::vector<Alternative>> alternatives(const Partition& cut, const AlgorithmOptions& options, int jobs = 0);

/// The network of `cut` with each task's layers computed as chosen, cut anew; weights are transformed.
/// `chosen`: one per task of `cut`.
Partition with_chosen(const Partition& cut, const std::vector<Algorithm>& chosen);

}  // namespace tilewright::graph
