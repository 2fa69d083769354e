#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "graph/onnx/node.h"
#include "graph/onnx_import.h"

namespace tilewright::graph {

/// The node's name, or that of its first output.
std::string name_of(const onnx::NodeProto& node);

/// Turns one ONNX model into a graph; nodes that no output depends on are left out. Problems of nodes, weights and
/// inputs are collected, not thrown: what depends on one is checked with a stand-in of the type that the file declares,
/// or as far as it can be without knowing its inputs.
class Importer : private BodyImporter {
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
  void import_nodes(const onnx::GraphProto& graph, const std::vector<bool>& live);
  void read_outputs();
  void check_bodies(const onnx::NodeProto& node, const std::string& where);
  void add_problem(Problem problem);
  void add_problem(const onnx::NodeProto& node, const std::string& where, const std::string& reason);
  TensorId surrogate(const std::string& name);
  TensorId surrogate(const onnx::TensorProto& weight);
  std::vector<TensorId> import_node(const onnx::NodeProto& node);
  std::vector<TensorId> import_body(const onnx::GraphProto& body, const std::vector<TensorId>& inputs) override;
  Result<std::vector<TensorId>> try_body(const onnx::GraphProto& body) override;
  void note(std::string text) override { notes_.push_back(std::move(text)); }
  std::vector<TensorId> import_function(const onnx::NodeProto& call, const onnx::FunctionProto& function);
  std::vector<TensorId> outputs_of(const onnx::GraphProto& body) const;
  const onnx::FunctionProto* find_function(const onnx::NodeProto& node) const;
  TensorId add_weight(const onnx::TensorProto& proto);
  void define(const std::string& name, TensorId id);
  const OnnxOperator& look_up(const onnx::NodeProto& node) const;
  [[noreturn]] void refuse_unknown(const std::string& name) const;
  std::vector<TensorId> resolve_inputs(const onnx::NodeProto& node) const;
  void require_text(std::string_view what, const std::string& name) const;
  std::vector<const onnx::ValueInfoProto*> inputs() const;
  void add_input(const onnx::ValueInfoProto& input, const Shape& shape, bool is_given);
  void bind_input(const onnx::ValueInfoProto& input, const std::vector<double>& values, const ImportOptions& options);
  void require_inputs(std::string_view option, const auto& named, const std::vector<const onnx::ValueInfoProto*>& all);
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
  /// What names stood for outside of the body that is imported; restored at the end of its life.
  class Shadowed;
  Shadowed* shadowed_ = nullptr;
  std::string where_;  ///< "outer/inner/" for nodes in bodies
  int depth_ = 0;      ///< of bodies and functions
  std::unordered_map<const onnx::TensorProto*, TensorId> body_weights_;
  std::unordered_map<const onnx::GraphProto*, std::vector<bool>> live_in_body_;
  std::map<std::string, onnx::GraphProto> functions_;  ///< as graphs, by what they are called with
  std::set<std::string, std::less<>> read_names_;      ///< by a live node, or as an output of the graph
  std::unordered_map<std::string, const onnx::TypeProto_Tensor*> declared_;  ///< of what nodes compute
  std::vector<Problem> problems_;
  std::vector<std::string> notes_;
};

}  // namespace tilewright::graph
