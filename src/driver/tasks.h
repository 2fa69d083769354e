#pragma once

#include <string>
#include <vector>

#include "compile/algorithm_choice.h"
#include "graph/onnx_import.h"
#include "task/task.h"

namespace tilewright::driver {

/// The distinct tuning tasks of an ONNX model, in the order in which the model first runs them, computed directly; of a
/// workload, the one that it is.
/// Errors: Error(bad_input) for a model that can't be read or compiled, or a workload that can't be.
std::vector<task::Task> tasks_of(const std::string& input, const graph::ImportOptions& import);

/// The same with the other ways to compute each. Errors: as above.
struct TaskList {
  std::vector<task::Task> tasks;                     ///< each followed by those that compete with it
  std::vector<compile::AlgorithmChoice> algorithms;  ///< nothing is known of their times
};
TaskList tasks_of(const std::string& input, const graph::ImportOptions& import,
                  const graph::AlgorithmOptions& algorithms);

}  // namespace tilewright::driver
