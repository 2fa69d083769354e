#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace tilewright::graph {

/// One of ONNX's node tests: a model of one node, inputs, and the outputs expected for them.
struct NodeCase {
  std::string name;  ///< of its folder
  std::string op;    ///< "" when the model has several nodes or one of another domain
  std::filesystem::path folder;
};

struct NodeCaseResult {
  bool passed = false;
  std::string message;          ///< what went wrong
  std::set<std::string> types;  ///< of its inputs and outputs
};

/// The cases in `folder`, by name. Errors: Error(bad_input) if it is missing or a model can't be read.
std::vector<NodeCase> list_node_cases(const std::filesystem::path& folder);

/// Imports the model, compiles it to machine code with the plainest schedule, runs every data set and compares.
/// Inputs that the node needs at compile time (shapes, axes) become weights, as they are in networks. Integers and
/// booleans must be equal; floats may differ by the rounding that their type and the sums' lengths explain.
NodeCaseResult run_node_case(const NodeCase& node_case);

}  // namespace tilewright::graph
