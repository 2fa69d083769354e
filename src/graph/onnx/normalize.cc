// Normalizations and reductions.

#include <algorithm>

#include "base/integer.h"
#include "graph/array.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {

Outputs import_batch_norm(OnnxNode& node) {
  if (node.integer("training_mode", 0) != 0) refuse("training_mode 1 is not supported, export the model for inference");
  if (node.integer("spatial", 1) != 1) refuse("spatial 0 is not supported");
  constexpr std::string_view kNames[] = {"", "scale", "bias", "mean", "variance"};
  for (int i = 1; i <= 4; ++i) node.constant(i, kNames[i]);
  return {node.add(BatchNorm{node.real("epsilon", 1e-5)}, node.inputs())};
}

Outputs import_softmax(OnnxNode& node) {
  const Shape shape = node.shape(0);
  const int rank = node.rank(0);
  const bool log = node.op_type() == "LogSoftmax";
  if (node.opset() >= 13) return {node.add(Softmax{node.axis(node.integer("axis", -1), rank), log}, {node.input(0)})};
  // Before opset 13, all dimensions from the axis on are one.
  const std::int64_t given = node.integer("axis", 1);
  if (given == rank) refuse("axis {} leaves nothing of shape {}", given, to_text(shape));
  const int axis = node.axis(given, rank);
  if (axis == rank - 1) return {node.add(Softmax{axis, log}, {node.input(0)})};
  const Shape outer(shape.begin(), shape.begin() + axis), inner(shape.begin() + axis, shape.end());
  const TensorId flat = node.reshape(node.input(0), {product(outer), product(inner)});
  return {node.reshape(node.add(Softmax{1, log}, {flat}), shape)};
}

Outputs import_lrn(OnnxNode& node) {
  const std::int64_t size = node.integer("size", 0);
  if (size < 1) refuse("attribute 'size' must be at least 1, found {}", size);
  if (node.rank(0) < 3) refuse("its data has shape {}, expected at least 3 dimensions", to_text(node.shape(0)));
  // A window that reaches every channel from every other is as good as a larger one; alpha is divided by its size.
  const std::int64_t reach = std::min(size, std::max<std::int64_t>(1, 2 * node.shape(0)[1] - 1));
  const double alpha = node.real("alpha", 1e-4) * (static_cast<double>(reach) / static_cast<double>(size));
  return {node.add(Lrn{reach, alpha, node.real("beta", 0.75), node.real("bias", 1), 1}, {node.input(0)})};
}

Outputs import_dropout(OnnxNode& node) {
  if (node.has_input(2) && node.constant_real(2, "training_mode") != 0)
    refuse("training_mode 1 is not supported, export the model for inference");
  return {node.add(Identity{}, {node.input(0)})};
}

namespace {

/// The axes as attribute (all operators until opset 17, ReduceSum until 12) or as second input.
std::vector<int> reduced_axes(const OnnxNode& node) {
  std::vector<std::int64_t> given = node.integers("axes", {});
  if (node.has_input(1)) given = node.constant_integers(1, "axes");
  std::vector<int> axes = node.axes(given, node.rank(0));
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) == 0)
    for (int d = 0; d < node.rank(0); ++d) axes.push_back(d);
  return axes;
}

/// log(sum(exp(x - max))) + max, which does not overflow.
TensorId log_sum_exp(OnnxNode& node) {
  const std::vector<int> axes = reduced_axes(node);
  if (axes.empty()) return node.add(Identity{}, {node.input(0)});
  const TensorId largest = node.add(Reduce{ReduceKind::max, axes, true}, {node.input(0)});
  const TensorId powers = node.unary(te::UnaryOp::exp, node.binary(te::BinaryOp::sub, node.input(0), largest));
  const TensorId sum = node.add(Reduce{ReduceKind::sum, axes, true}, {powers});
  const TensorId out = node.binary(te::BinaryOp::add, node.unary(te::UnaryOp::log, sum), largest);
  if (node.integer("keepdims", 1) != 0) return out;
  Shape shape;
  for (int d = 0; d < node.rank(0); ++d)
    if (std::find(axes.begin(), axes.end(), d) == axes.end())
      shape.push_back(node.shape(0)[static_cast<std::size_t>(d)]);
  return node.reshape(out, shape);
}

}  // namespace

Outputs import_reduce(OnnxNode& node) {
  const std::string& name = node.op_type();
  if (name == "ReduceLogSumExp") return {log_sum_exp(node)};
  const Reduce sum{ReduceKind::sum, reduced_axes(node), node.integer("keepdims", 1) != 0};
  TensorId data = node.input(0);
  if (name == "ReduceSumSquare" || name == "ReduceL2") data = node.binary(te::BinaryOp::mul, data, data);
  if (name == "ReduceL1") data = node.unary(te::UnaryOp::abs, data);
  Reduce reduce = sum;
  if (name == "ReduceMean") reduce.kind = ReduceKind::mean;
  if (name == "ReduceMax") reduce.kind = ReduceKind::max;
  if (name == "ReduceMin") reduce.kind = ReduceKind::min;
  TensorId out = sum.axes.empty() ? data : node.add(reduce, {data});
  if (name == "ReduceL2") out = node.unary(te::UnaryOp::sqrt, out);
  if (name == "ReduceLogSum") out = node.unary(te::UnaryOp::log, out);
  return {out};
}

}  // namespace tilewright::graph
