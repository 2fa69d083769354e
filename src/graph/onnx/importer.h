#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <unordered_map>

#include "graph/onnx/node.h"
#include "graph/onnx_import.h"

namespace tilewright::graph {

/// The node's name, or that of its first output.
std::string name_of(const onnx::NodeProto& node);

/// Turns one ONNX model into a graph; nodes that no output depends on are left out. Problems of nodes, weights and
/// inputs are collected, not thrown: what depends on one is checked with a stand-in of the type that the file declares,
/// or as far as it can be without knowing its inputs.
class Importer {
 public:
  /// Takes the weights' bytes out of `model`, which must outlive this.
  /// Errors: Error(bad_input) for what is wrong outside of nodes (operator set, inputs, weights), Error(usage) for a
  /// shape given to an input that is not there.
  Importer(onnx::ModelProto& model, const std::filesystem::path& path, const ImportOptions& options);

  struct Problem {
    std::string op, domain;  ///< of the node; or op "weight" or "input"
    std::string name;        ///< of the node, weight or input
    std::string reason;
    bool is_of_node = true;
  };
  const std::vector<Problem>& problems() const { return problems_; }
  const std::vector<std::string>& notes() const { return notes_; }
  int opset() const { return opset_; }
  /// The network; only without problems.
  Graph take() { return std::move(graph_); }

 private:
  void read_opset();
  void read_inputs(const ImportOptions& options);
  void read_weights();
  void read_nodes();
  void read_outputs();
  void check_bodies(const onnx::NodeProto& node, const std::string& where);
  void add_problem(const onnx::NodeProto& node, const std::string& where, const std::string& reason);
  TensorId surrogate(const std::string& name);
  TensorId surrogate(const onnx::TensorProto& weight);
  std::vector<TensorId> import_node(const onnx::NodeProto& node);
  const OnnxOperator& look_up(const onnx::NodeProto& node) const;
  [[noreturn]] void refuse_unknown(const std::string& name) const;
  std::vector<TensorId> resolve_inputs(const onnx::NodeProto& node) const;
  void require_text(std::string_view what, const std::string& name) const;
  std::vector<const onnx::ValueInfoProto*> inputs() const;
  void add_input(const onnx::ValueInfoProto& input, const Shape& shape, bool is_given);
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(Code::bad_input, "{}: {}", path_.string(), fmt::format(format, std::forward<Args>(args)...));
  }

  onnx::ModelProto& model_;
  std::filesystem::path path_;
  ExternalData external_;
  int opset_ = 0;
  Graph graph_;
  std::unordered_map<std::string, TensorId> values_;  ///< kUnknown: computed by a node with a problem
  std::vector<bool> live_;                            ///< per node: an output depends on it
  std::set<std::string, std::less<>> read_names_;     ///< by a live node, or as an output of the graph
  std::unordered_map<std::string, const onnx::TypeProto_Tensor*> declared_;  ///< of what nodes compute
  std::vector<Problem> problems_;
  std::vector<std::string> notes_;
};

}  // namespace tilewright::graph
