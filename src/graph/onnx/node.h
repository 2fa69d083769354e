#pragma once

#include <onnx/onnx_pb.h>

#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "graph/onnx/external_data.h"

namespace tilewright::graph {

/// Why a node can't be imported. Caught by the importer, which knows file and node.
class NodeProblem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw NodeProblem(fmt::format(format, std::forward<Args>(args)...));
}

/// Thrown where an input of the node has no known value, because of a problem reported before.
struct InputUnknown {};

/// Imports graphs inside of nodes (of If, Loop and Scan), which may read what is known around them.
class BodyImporter {
 public:
  virtual ~BodyImporter() = default;
  /// The values of the body's outputs when its inputs have these. Errors: InputUnknown if one of them is not known,
  /// because of a problem inside, which is reported.
  virtual std::vector<TensorId> import_body(const onnx::GraphProto& body, const std::vector<TensorId>& inputs) = 0;
  /// The same where one can do without: what is wrong inside is no problem of the network. Failure: the first of it.
  virtual Result<std::vector<TensorId>> try_body(const onnx::GraphProto& body) = 0;
  /// What is worth telling people about the node.
  virtual void note(std::string text) = 0;
};

/// One ONNX node while it is imported: its attributes, its inputs in our graph, and ways to add to the graph.
/// Everything that does not fit is refused with a NodeProblem.
class OnnxNode {
 public:
  static constexpr std::int64_t kLargestSize = 1 << 30;   ///< of a number given for an extent, stride, padding, …
  static constexpr std::int64_t kLargestTable = 1 << 26;  ///< elements; some seconds to make

  OnnxNode(const onnx::NodeProto& proto, int opset, std::vector<TensorId> inputs, ExternalData& external, Graph& graph,
           BodyImporter& bodies)
      : proto_(proto), opset_(opset), inputs_(std::move(inputs)), external_(external), graph_(graph), bodies_(bodies) {}

  int opset() const { return opset_; }
  const std::string& op_type() const { return proto_.op_type(); }
  int num_outputs() const { return proto_.output_size(); }

  // Attributes, with the value to take where the node has none.
  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  /// Rounded to f32, as what a model states is: 0.1 is 0.1f for data of f64 too.
  double real(std::string_view name, double otherwise) const;
  std::string text(std::string_view name, std::string otherwise) const;
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> otherwise) const;
  /// Integers that sizes are worked out from: refused where products and sums of a few would not fit into 64 bits.
  std::vector<std::int64_t> sizes(std::string_view name, std::vector<std::int64_t> otherwise) const;
  std::vector<double> reals(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  runtime::Tensor value(std::string_view name) const;
  const onnx::GraphProto& body(std::string_view name) const;

  // Inputs, by position.
  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  bool has_input(int i) const { return i < num_inputs() && inputs_[static_cast<std::size_t>(i)] >= 0; }
  TensorId input(int i) const;
  const std::vector<TensorId>& inputs() const { return inputs_; }
  const Shape& shape(int i) const { return graph_.shape(input(i)); }
  /// The shape of data that has elements; refuses a constant without.
  const Shape& filled_shape(int i) const;
  int rank(int i) const { return static_cast<int>(shape(i).size()); }
  DType type(int i) const { return graph_.type(input(i)).type; }
  /// Refuses an input whose elements are no floats.
  void require_float(int i) const;
  bool is_constant(int i) const { return is_constant_id(input(i)); }
  bool is_constant_id(TensorId id) const { return graph_.tensor(id).is_constant(); }
  /// The value of an input that must be known at compile time; `what` it is called in messages.
  const runtime::Tensor& constant(int i, std::string_view what) const;
  std::vector<std::int64_t> constant_integers(int i, std::string_view what) const;
  std::vector<std::int64_t> constant_sizes(int i, std::string_view what) const;
  std::int64_t constant_size(int i, std::string_view what) const;
  Number constant_number(int i, std::string_view what) const;
  double constant_real(int i, std::string_view what) const { return to_double(constant_number(i, what)); }
  /// An axis in [-rank, rank) as one in [0, rank).
  int axis(std::int64_t axis, int rank) const;
  std::vector<int> axes(const std::vector<std::int64_t>& axes, int rank) const;

  /// As BodyImporter.
  std::vector<TensorId> import_body(std::string_view name, const std::vector<TensorId>& inputs) {
    return bodies_.import_body(body(name), inputs);
  }

  Result<std::vector<TensorId>> try_body(std::string_view name) { return bodies_.try_body(body(name)); }
  void note(std::string text) { bodies_.note(std::move(text)); }

  // The graph. Tensors get the name of the ONNX node's first output.
  TensorId add(Op op, std::vector<TensorId> inputs);
  TensorId scalar(DType type, const Number& value);
  TensorId add_constant(runtime::Tensor value);
  TensorId binary(te::BinaryOp op, TensorId a, TensorId b) { return add(Binary{op}, {a, b}); }
  TensorId unary(te::UnaryOp op, TensorId a) { return add(Unary{op}, {a}); }
  TensorId reshape(TensorId data, Shape shape);
  /// `count` elements along an axis from `start` on, `step` apart; the data itself if that is all of it.
  TensorId slice(TensorId data, int axis, std::int64_t start, std::int64_t count, std::int64_t step = 1);
  TensorId cast(TensorId data, DType type);
  /// The elements of a constant of integers.
  std::vector<std::int64_t> integers_of(TensorId constant) const;
  /// Refuses a constant that is made element by element and has too many of them.
  void require_table(const Shape& shape) const;
  /// The value of a tensor that is_constant_id.
  const runtime::Tensor& constant_of(TensorId id) const { return *graph_.tensor(id).constant; }
  const Shape& shape_of(TensorId id) const { return graph_.shape(id); }
  DType type_of(TensorId id) const { return graph_.type(id).type; }

 private:
  const onnx::AttributeProto* find(std::string_view name) const;
  const onnx::AttributeProto* find(std::string_view name, onnx::AttributeProto::AttributeType type) const;

  const onnx::NodeProto& proto_;
  int opset_;
  std::vector<TensorId> inputs_;  ///< -1 for an optional input left out
  ExternalData& external_;
  Graph& graph_;
  BodyImporter& bodies_;
};

/// Adds the node's meaning to the graph; returns its outputs in order. Trailing optional outputs may be left out.
using ImportFunction = std::vector<TensorId> (*)(OnnxNode&);

/// An operator that can be imported.
struct OnnxOperator {
  std::string_view name;
  int first_opset;                                     ///< that has it in a form known here
  int min_inputs, max_inputs;                          ///< kAny: no limit
  std::initializer_list<std::string_view> attributes;  ///< known, whether they matter or not
  ImportFunction import;
};
inline constexpr int kAny = 1 << 30;
inline constexpr int kAnyOrNone = kAny - 1;  ///< no limit, and some may be left out

/// The row of an operator of ONNX's own domain, or null.
const OnnxOperator* find_onnx_operator(std::string_view name);
/// All of them, by name.
std::span<const OnnxOperator> onnx_operators();

}  // namespace tilewright::graph
