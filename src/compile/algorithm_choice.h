#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "graph/alternatives.h"

namespace tilewright::compile {

/// One way to compute a task.
struct AlgorithmCandidate {
  graph::Algorithm algorithm;
  double error = 0;              ///< graph::winograd_error; 0 of direct computation, which is not measured
  bool is_exact_enough = true;   ///< else it is not used, and not timed
  std::optional<double> best_s;  ///< if it is known
};

/// What a task with several ways to compute it is computed by.
struct AlgorithmChoice {
  std::string task, key;  ///< description and key of the direct one
  int count = 1;          ///< how often the network runs it
  graph::Algorithm chosen = graph::Algorithm::direct;
  std::vector<AlgorithmCandidate> candidates;  ///< in the order of AlgorithmOptions::allowed
};

/// A network, and all the ways to compute it that options allow.
class Algorithms {
 public:
  /// `cut`: the network computed directly. Measures the errors of the others with `jobs` threads.
  Algorithms(graph::Partition cut, const graph::AlgorithmOptions& options, int jobs);

  /// Seconds that a task takes, if that is known.
  using TimeOf = std::function<std::optional<double>(const task::Task&)>;

  const graph::Partition& direct() const { return cut_; }
  /// Everything that may be tuned: tasks computed directly, where that is allowed or nothing else can be, each followed
  /// by those that compete with it and are exact enough.
  std::vector<task::Task> tasks() const;
  /// For each task that has more than one way: the fastest that is exact enough, by the times that are known. If none
  /// is, direct computation, or where that is not allowed the first of `allowed`.
  std::vector<AlgorithmChoice> choose(const TimeOf& time_of) const;
  /// The network computed so.
  graph::Partition computed_by(const std::vector<AlgorithmChoice>& choices) const;

 private:
  bool is_direct_allowed(std::size_t task) const;

  graph::Partition cut_;
  graph::AlgorithmOptions options_;
  std::vector<std::vector<graph::Alternative>> alternatives_;
};

}  // namespace tilewright::compile
