// Normalizations and reductions.

#include <algorithm>
#include <limits>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {

namespace {

/// (x - mean) * rsqrt(variance + epsilon) * scale + bias with parameters that come at run time.
TensorId computed_batch_norm(OnnxNode& node, double epsilon) {
  node.require_float(0);
  const Shape data = node.shape(0);
  if (data.size() < 2) refuse("the data has shape {}, expected a channel dimension", shape_text(data));
  Shape per_channel(data.size() - 1, 1);
  per_channel[0] = data[1];
  for (int i = 1; i <= 4; ++i)
    if (node.shape(i) != Shape{data[1]})
      refuse("a parameter has shape {}, expected {} (the channels)", shape_text(node.shape(i)), data[1]);
  const auto parameter = [&](int i) { return node.reshape(node.cast(node.input(i), node.type(0)), per_channel); };
  const TensorId shifted = node.binary(te::BinaryOp::add, parameter(4), node.scalar(node.type(0), epsilon));
  const TensorId scale = node.binary(te::BinaryOp::mul, parameter(1), node.unary(te::UnaryOp::rsqrt, shifted));
  const TensorId centred = node.binary(te::BinaryOp::sub, node.input(0), parameter(3));
  return node.binary(te::BinaryOp::add, node.binary(te::BinaryOp::mul, centred, scale), parameter(2));
}

}  // namespace

Outputs import_batch_norm(OnnxNode& node) {
  if (node.integer("training_mode", 0) != 0) refuse("training_mode 1 is not supported, export the model for inference");
  if (node.integer("spatial", 1) != 1) refuse("spatial 0 is not supported");
  const double epsilon = node.real("epsilon", 1e-5);
  if (node.is_constant(1) && node.is_constant(2) && node.is_constant(3) && node.is_constant(4))
    return {node.add(BatchNorm{epsilon}, node.inputs())};
  return {computed_batch_norm(node, epsilon)};
}

Outputs import_softmax(OnnxNode& node) {
  const Shape shape = node.shape(0);
  const int rank = node.rank(0);
  const bool log = node.op_type() == "LogSoftmax";
  if (node.opset() >= 13) return {node.add(Softmax{node.axis(node.integer("axis", -1), rank), log}, {node.input(0)})};
  // Before opset 13, all dimensions from the axis on are one.
  const std::int64_t given = node.integer("axis", 1);
  if (given == rank) refuse("axis {} leaves nothing of shape {}", given, shape_text(shape));
  const int axis = node.axis(given, rank);
  if (axis == rank - 1) return {node.add(Softmax{axis, log}, {node.input(0)})};
  const Shape outer(shape.begin(), shape.begin() + axis), inner(shape.begin() + axis, shape.end());
  const TensorId flat = node.reshape(node.input(0), {product(outer), product(inner)});
  return {node.reshape(node.add(Softmax{1, log}, {flat}), shape)};
}

Outputs import_lrn(OnnxNode& node) {
  const std::int64_t size = node.integer("size", 0);
  if (size < 1) refuse("attribute 'size' must be at least 1, found {}", size);
  if (node.rank(0) < 3) refuse("its data has shape {}, expected at least 3 dimensions", shape_text(node.shape(0)));
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

/// What a reduction reduces, and how.
struct Reduction {
  std::vector<int> axes;  ///< none: nothing is reduced
  bool keep_dims;

  TensorId apply(OnnxNode& node, ReduceKind kind, TensorId data) const {
    return axes.empty() ? data : node.add(Reduce{kind, axes, keep_dims}, {data});
  }
};

/// log(sum(exp(x - max))) + max, which does not overflow. Infinities are not subtracted: their powers are right as they
/// are.
TensorId log_sum_exp(OnnxNode& node, const Reduction& r, TensorId data) {
  if (r.axes.empty()) return data;
  const DType type = node.type_of(data);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const TensorId largest = node.add(Reduce{ReduceKind::max, r.axes, true}, {data});
  const TensorId is_infinite =
      node.binary(te::BinaryOp::eq, node.unary(te::UnaryOp::abs, largest), node.scalar(type, kInfinity));
  const TensorId shift = node.add(Select{}, {is_infinite, node.scalar(type, 0), largest});
  const TensorId powers = node.unary(te::UnaryOp::exp, node.binary(te::BinaryOp::sub, data, shift));
  const TensorId sum = node.add(Reduce{ReduceKind::sum, r.axes, true}, {powers});
  const TensorId out = node.binary(te::BinaryOp::add, node.unary(te::UnaryOp::log, sum), shift);
  if (r.keep_dims) return out;
  Shape shape;
  for (int d = 0; d < node.rank(0); ++d)
    if (std::find(r.axes.begin(), r.axes.end(), d) == r.axes.end())
      shape.push_back(node.shape(0)[static_cast<std::size_t>(d)]);
  return node.reshape(out, shape);
}

/// Means of integers, rounded towards 0. Quotients and remainders are summed apart, since a sum of the data may
/// overflow.
TensorId whole_mean(OnnxNode& node, const Reduction& r, TensorId data) {
  using te::BinaryOp;
  std::int64_t elements = 1;
  for (const int axis : r.axes) elements *= node.shape(0)[static_cast<std::size_t>(axis)];
  const TensorId count = node.scalar(DType::i64, elements), zero = node.scalar(DType::i64, 0);
  const TensorId x = node.cast(data, DType::i64);
  const TensorId quotients = r.apply(node, ReduceKind::sum, node.binary(BinaryOp::floor_div, x, count));
  const TensorId rests = r.apply(node, ReduceKind::sum, node.binary(BinaryOp::floor_mod, x, count));
  const TensorId mean = node.binary(BinaryOp::add, quotients, node.binary(BinaryOp::floor_div, rests, count));
  const TensorId is_cut = node.binary(BinaryOp::ne, node.binary(BinaryOp::floor_mod, rests, count), zero);
  const TensorId is_below = node.binary(BinaryOp::logical_and, node.binary(BinaryOp::lt, mean, zero), is_cut);
  return node.binary(BinaryOp::add, mean, node.cast(is_below, DType::i64));
}

/// Reductions with a root or a logarithm: those of integers are computed in f64 and rounded towards 0 at the end.
bool is_real_function(const std::string& name) {
  return name == "ReduceL2" || name == "ReduceLogSum" || name == "ReduceLogSumExp";
}

TensorId reduced(OnnxNode& node, const std::string& name, const Reduction& r, TensorId data) {
  if (name == "ReduceLogSumExp") return log_sum_exp(node, r, data);
  if (name == "ReduceMax") return r.apply(node, ReduceKind::max, data);
  if (name == "ReduceMin") return r.apply(node, ReduceKind::min, data);
  if (name == "ReduceProd") return r.apply(node, ReduceKind::prod, data);
  if (name == "ReduceMean")
    return is_float(node.type_of(data)) ? r.apply(node, ReduceKind::mean, data) : whole_mean(node, r, data);
  if (name == "ReduceSumSquare" || name == "ReduceL2") data = node.binary(te::BinaryOp::mul, data, data);
  if (name == "ReduceL1") data = node.unary(te::UnaryOp::abs, data);
  const TensorId sum = r.apply(node, ReduceKind::sum, data);
  if (name == "ReduceL2") return node.unary(te::UnaryOp::sqrt, sum);
  return name == "ReduceLogSum" ? node.unary(te::UnaryOp::log, sum) : sum;
}

}  // namespace

Outputs import_reduce(OnnxNode& node) {
  const std::string& name = node.op_type();
  const DType type = node.type(0);
  const bool is_extreme = name == "ReduceMax" || name == "ReduceMin";
  if (type == DType::boolean && !(is_extreme && node.opset() >= 20))
    refuse("its data has type bool, expected numbers{}", is_extreme ? " (bool is known from opset 20 on)" : "");
  DType computed = type == DType::boolean ? DType::u8 : type;
  if (!is_float(type) && is_real_function(name)) computed = DType::f64;
  const Reduction reduction{reduced_axes(node), node.integer("keepdims", 1) != 0};
  const TensorId out = reduced(node, name, reduction, node.cast(node.input(0), computed));
  return {node.cast(out == node.input(0) ? node.add(Identity{}, {out}) : out, type)};
}

}  // namespace tilewright::graph
