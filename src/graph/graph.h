#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "graph/op.h"
#include "runtime/tensor.h"

namespace tilewright::graph {

/// Position of a tensor in its graph.
using TensorId = int;

struct TensorType {
  DType type = DType::f32;
  Shape shape;
  bool operator==(const TensorType&) const = default;
};

struct TensorInfo {
  std::string name;
  TensorType type;
  std::optional<runtime::Tensor> constant;  ///< the value, where it is known; shared, never written
  std::uint64_t content = 0;                ///< of a large constant: checksum of its bytes
  bool is_constant() const { return constant.has_value(); }
};

struct Node {
  std::string name;  ///< of the ONNX node that it comes from
  Op op;
  std::vector<TensorId> inputs;
  TensorId output;
};

/// An input or output of a network, under the name that users know.
struct GraphPort {
  std::string name;
  TensorId tensor;
};

inline constexpr std::int64_t kMostGrowthBytes = std::int64_t{64} << 20;

/// A network: nodes in an order in which each comes after those it reads. Passes never change a graph, they build
/// another.
class Graph {
 public:
  TensorId add_input(std::string name, TensorType type);
  /// A large value that is there already, whatever its shape, shares its memory.
  TensorId add_constant(std::string name, runtime::Tensor value);
  /// The same, of a constant of another graph.
  TensorId add_constant(const TensorInfo& constant);
  /// A tensor that no node computes: the result of a kernel that was no part of a network.
  TensorId add_result(std::string name, TensorType type);
  /// Appends a node, or the constant that it is: of what has no elements always (graph/empty.h); of constants if
  /// `evaluate` can, unless the constants of the graph would grow by more than kMostGrowthBytes in all: then a run
  /// computes it from what is smaller. Errors: InternalError if the operator does not take these inputs (importers ask
  /// `infer` first).
  TensorId add(Op op, std::vector<TensorId> inputs, std::string name);
  void add_output(std::string name, TensorId tensor);

  const std::vector<Node>& nodes() const { return nodes_; }
  int num_tensors() const { return static_cast<int>(tensors_.size()); }
  const TensorInfo& tensor(TensorId id) const { return tensors_[static_cast<std::size_t>(id)]; }
  const TensorType& type(TensorId id) const { return tensor(id).type; }
  const Shape& shape(TensorId id) const { return tensor(id).type.shape; }
  const std::vector<GraphPort>& inputs() const { return inputs_; }
  const std::vector<GraphPort>& outputs() const { return outputs_; }
  /// The node that computes a tensor; null for inputs and constants.
  const Node* producer(TensorId id) const;

 private:
  std::vector<TensorInfo> tensors_;
  std::vector<int> producers_;  ///< per tensor: position of its node, or -1
  std::vector<Node> nodes_;
  std::vector<GraphPort> inputs_, outputs_;
  std::int64_t grown_bytes_ = 0;  ///< by which constants that were worked out are larger than what they were made of
  std::unordered_multimap<std::uint64_t, TensorId> constants_;  ///< large ones of different bytes, by their `content`
};

/// How many nodes read each tensor; being an output of the graph counts as one reader.
std::vector<int> count_readers(const Graph& graph);

/// The type of what `op` makes of inputs of these types, whose shapes are indexable. Failure: what does not fit,
/// expected and found, or that the result is not indexable.
Result<TensorType> infer(const Op& op, std::span<const TensorType> inputs);

/// Whether indices of 32 bits can count the elements of the shape. Failure: that they can't.
Status check_indexable(const Shape& shape);

/// The value of `op` on constants. Failure if it is not worth it at compile time (too large to interpret).
Result<runtime::Tensor> evaluate(const Op& op, std::span<const runtime::Tensor> inputs);

/// Checks what every pass must keep: nodes read what is an input, a constant or computed before, every tensor is
/// computed once, types and shapes are what `infer` says, outputs are there. All errors at once, one a line.
Status verify(const Graph& graph);

/// A line for each input, constant that is read, node and output (docs/passes.md); all but names of nodes and constants
/// and the values of large constants.
std::string to_text(const Graph& graph);
/// The graph of a text: constants of a seed have made-up values, the same for the same seed, and nodes of constants are
/// folded as Graph::add does. to_text prints it as what it was printed from. Failure: the line, and what is wrong.
Result<Graph> parse(std::string_view text);

}  // namespace tilewright::graph
