#pragma once

#include <string>

#include "graph/onnx_import.h"

namespace tilewright::driver {

/// What an INPUT or MODEL argument names. The one place that tells them apart.
enum class InputKind {
  onnx,      ///< an ONNX file; also whatever can't be told, so that its reader says what is wrong
  compiled,  ///< a compiled model
  workload,  ///< a named workload or a text, "op:key=value,…"
};
InputKind kind_of(const std::string& input);

/// Reads the network of an ONNX file. Errors: Error(bad_input), for a compiled model or a workload too.
graph::Network read_network(const std::string& input, const graph::ImportOptions& import);

/// Everything about a model that can't be compiled. A compiled model has none. Errors: as read_network, for a file that
/// can't be read.
graph::ModelCheck check_model(const std::string& input, const graph::ImportOptions& import);

}  // namespace tilewright::driver
