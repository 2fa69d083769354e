#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "graph/onnx_import.h"

namespace tilewright::cli {

/// The arguments of every verb that reads a model.
struct ModelArguments {
  std::string input;            ///< the path as typed
  graph::ImportOptions import;  ///< --shape, --value, --external-data
};

/// Adds a required positional argument called `name`, --shape, --value and --external-data. `arguments` must live as
/// long as `command`.
void add_model_arguments(CLI::App& command, const std::string& name, ModelArguments& arguments);

/// "name:1x3x224x224", or "name:[1,3,224,224]"; the name may contain colons. Errors: Error(usage).
std::pair<std::string, graph::Shape> parse_named_shape(const std::string& text);

/// "rate=16000", "axes=0,1", "flag=true". Errors: Error(usage).
std::pair<std::string, std::vector<double>> parse_named_values(const std::string& text);

}  // namespace tilewright::cli
