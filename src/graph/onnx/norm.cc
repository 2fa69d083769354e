// Normalizations by mean and variance, or by a norm, of the data itself.

#include <numeric>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;
using te::UnaryOp;

struct Moments {
  TensorId mean, centred, variance;
};

/// Mean, x - mean and variance over `axes`, which are kept with extent 1.
Moments moments(OnnxNode& node, TensorId x, const std::vector<int>& axes) {
  node.require_float(0);
  const TensorId mean = node.add(Reduce{ReduceKind::mean, axes, true}, {x});
  const TensorId centred = node.binary(BinaryOp::sub, x, mean);
  return {mean, centred,
          node.add(Reduce{ReduceKind::mean, axes, true}, {node.binary(BinaryOp::mul, centred, centred)})};
}

struct Normalized {
  TensorId value, mean, inverse_deviation;
};

/// (x - mean) / sqrt(variance + epsilon) over `axes`.
Normalized normalize(OnnxNode& node, TensorId x, const std::vector<int>& axes, double epsilon) {
  const Moments m = moments(node, x, axes);
  const TensorId shifted = node.binary(BinaryOp::add, m.variance, node.scalar(node.type_of(x), epsilon));
  const TensorId inverse = node.unary(UnaryOp::rsqrt, shifted);
  return {node.binary(BinaryOp::mul, m.centred, inverse), m.mean, inverse};
}

std::vector<int> axes_from(int first, int rank) {
  std::vector<int> axes(static_cast<std::size_t>(rank - first));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

/// value * scale + bias, both with one number per channel (dimension 1 of the data).
TensorId scaled_per_channel(OnnxNode& node, TensorId value, int rank) {
  Shape per_channel(static_cast<std::size_t>(rank - 1), 1);
  per_channel[0] = node.shape(0)[1];
  for (int i : {1, 2})
    if (node.shape(i) != Shape{per_channel[0]})
      refuse("its scale or bias has shape {}, expected {}", shape_text(node.shape(i)), per_channel[0]);
  value = node.binary(BinaryOp::mul, value, node.reshape(node.input(1), per_channel));
  return node.binary(BinaryOp::add, value, node.reshape(node.input(2), per_channel));
}

}  // namespace

Outputs import_layer_norm(OnnxNode& node) {
  const int rank = node.rank(0);
  if (node.integer("stash_type", 1) != 1)
    refuse("stash_type {} is not supported, only 1", node.integer("stash_type", 1));
  const std::vector<int> axes = axes_from(node.axis(node.integer("axis", -1), rank), rank);
  const Normalized n = normalize(node, node.input(0), axes, node.real("epsilon", 1e-5));
  TensorId out = node.binary(BinaryOp::mul, n.value, node.input(1));
  if (node.has_input(2)) out = node.binary(BinaryOp::add, out, node.input(2));
  constexpr DType kStashed = DType::f32;  // what stash_type 1 says
  return {out, node.cast(n.mean, kStashed), node.cast(n.inverse_deviation, kStashed)};
}

Outputs import_instance_norm(OnnxNode& node) {
  const int rank = node.rank(0);
  if (rank < 3) refuse("its data has shape {}, expected at least 3 dimensions", shape_text(node.shape(0)));
  const Normalized n = normalize(node, node.input(0), axes_from(2, rank), node.real("epsilon", 1e-5));
  return {scaled_per_channel(node, n.value, rank)};
}

/// Scale and bias are per group until opset 20, per channel since.
Outputs import_group_norm(OnnxNode& node) {
  const Shape data = node.shape(0);
  const std::int64_t groups = node.integer("num_groups", 0);
  if (data.size() < 3 || groups < 1 || data[1] % groups != 0)
    refuse("data of shape {} can't be divided into {} groups of channels", shape_text(data), groups);
  const std::int64_t group = data[1] / groups * product({data.begin() + 2, data.end()});
  const TensorId grouped = node.reshape(node.input(0), {data[0], groups, group});
  const Normalized n = normalize(node, grouped, {2}, node.real("epsilon", 1e-5));
  if (node.opset() >= 21) return {scaled_per_channel(node, node.reshape(n.value, data), static_cast<int>(data.size()))};
  for (int i : {1, 2})
    if (node.shape(i) != Shape{groups})
      refuse("its scale or bias has shape {}, expected {}", shape_text(node.shape(i)), groups);
  const TensorId scaled = node.binary(BinaryOp::mul, n.value, node.reshape(node.input(1), {groups, 1}));
  return {node.reshape(node.binary(BinaryOp::add, scaled, node.reshape(node.input(2), {groups, 1})), data)};
}

/// (x - mean) / (deviation + 1e-9): unlike the others, which add their epsilon to the variance.
Outputs import_mean_variance_norm(OnnxNode& node) {
  const std::vector<int> axes = node.axes(node.integers("axes", {0, 2, 3}), node.rank(0));
  const Moments m = moments(node, node.input(0), axes);
  const TensorId deviation = node.unary(UnaryOp::sqrt, m.variance);
  constexpr float kEpsilon = 1e-9f;
  const TensorId divisor = node.binary(BinaryOp::add, deviation, node.scalar(node.type(0), kEpsilon));
  return {node.binary(BinaryOp::div, m.centred, divisor)};
}

/// x divided by the sum of magnitudes (p 1) or the Euclidean norm (p 2) along one axis; zeros stay zeros.
Outputs import_lp_norm(OnnxNode& node) {
  const TensorId x = node.input(0);
  node.require_float(0);
  const std::int64_t p = node.integer("p", 2);
  if (p != 1 && p != 2) refuse("p is {}, expected 1 or 2", p);
  const Reduce sum{ReduceKind::sum, {node.axis(node.integer("axis", -1), node.rank(0))}, true};
  const TensorId norm = p == 1 ? node.add(sum, {node.unary(UnaryOp::abs, x)})
                               : node.unary(UnaryOp::sqrt, node.add(sum, {node.binary(BinaryOp::mul, x, x)}));
  const TensorId is_zero = node.binary(BinaryOp::eq, norm, node.scalar(node.type(0), 0));
  return {node.binary(BinaryOp::div, x, node.add(Select{}, {is_zero, node.scalar(node.type(0), 1), norm}))};
}

}  // namespace tilewright::graph
