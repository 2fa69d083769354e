#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compile/algorithm_choice.h"

namespace tilewright::cli {

/// The flags that say how the convolutions of a network may be computed.
struct AlgorithmArguments {
  std::string algorithms = "direct,winograd2,winograd4";
  double max_error = graph::AlgorithmOptions{}.max_error;
  /// Errors: Error(usage) for an algorithm that is not known.
  graph::AlgorithmOptions options() const;
};

/// Adds --algorithms and --max-error. `arguments` must live as long as `command`.
void add_algorithm_arguments(CLI::App& command, AlgorithmArguments& arguments);

/// [{"workload", "key", "count", "chosen", "candidates": [{"algorithm", "max_rel_error", "exact_enough", "best_s"}]}]
nlohmann::json algorithms_to_json(const std::vector<compile::AlgorithmChoice>& choices);
/// One line for each task that has several ways to be computed: the one chosen, then all with errors and times.
void print_algorithms(const std::vector<compile::AlgorithmChoice>& choices);

}  // namespace tilewright::cli
