#pragma once

#include <string>
#include <vector>

#include "graph/onnx_import.h"
#include "measure/task.h"

namespace tilewright::driver {

/// The distinct tuning tasks of an ONNX model, in the order in which the model first runs them; of a workload,
/// the one that it is.
/// Errors: Error(bad_input) for a model that can't be read or compiled, or a workload that can't be.
std::vector<measure::Task> tasks_of(const std::string& input, const graph::ImportOptions& import);

}  // namespace tilewright::driver
