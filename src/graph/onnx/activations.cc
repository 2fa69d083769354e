// Activations that are written in terms of simpler elementwise operators.

#include <cmath>
#include <numbers>

#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;
using te::UnaryOp;

/// Arithmetic on the tensors of one node, numbers having the type of its data.
class Arithmetic {
 public:
  explicit Arithmetic(OnnxNode& node) : node_(node) { node.require_float(0); }
  TensorId number(double value) { return node_.scalar(node_.type(0), value); }
  TensorId add(TensorId a, TensorId b) { return node_.binary(BinaryOp::add, a, b); }
  TensorId sub(TensorId a, TensorId b) { return node_.binary(BinaryOp::sub, a, b); }
  TensorId mul(TensorId a, TensorId b) { return node_.binary(BinaryOp::mul, a, b); }
  TensorId mul(TensorId a, double b) { return mul(a, number(b)); }
  TensorId div(TensorId a, TensorId b) { return node_.binary(BinaryOp::div, a, b); }
  TensorId relu(TensorId a) { return node_.add(Relu{}, {a}); }
  /// exp(min(x, 0)) - 1
  TensorId grown_below_zero(TensorId x) {
    return node_.unary(UnaryOp::expm1, node_.binary(BinaryOp::min, x, number(0)));
  }
  TensorId select(TensorId condition, TensorId on_true, TensorId on_false) {
    return node_.add(Select{}, {condition, on_true, on_false});
  }

 private:
  OnnxNode& node_;
};

}  // namespace

/// gamma * (max(x, 0) + alpha * (exp(min(x, 0)) - 1))
Outputs import_selu(OnnxNode& node) {
  Arithmetic a(node);
  const TensorId below = a.mul(a.grown_below_zero(node.input(0)), node.real("alpha", 1.67326319217681884765625));
  return {a.mul(a.add(a.relu(node.input(0)), below), node.real("gamma", 1.05070102214813232421875))};
}

/// max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)
Outputs import_celu(OnnxNode& node) {
  Arithmetic a(node);
  const double alpha = node.real("alpha", 1);
  if (!(alpha > 0)) refuse("alpha must be positive, found {}", alpha);
  const TensorId below = a.mul(a.grown_below_zero(a.mul(node.input(0), 1 / alpha)), alpha);
  return {a.add(a.relu(node.input(0)), below)};
}

Outputs import_thresholded_relu(OnnxNode& node) {
  Arithmetic a(node);
  const TensorId above = node.binary(BinaryOp::gt, node.input(0), a.number(node.real("alpha", 1)));
  return {a.select(above, node.input(0), a.number(0))};
}

/// x / (1 + |x|)
Outputs import_softsign(OnnxNode& node) {
  Arithmetic a(node);
  return {a.div(node.input(0), a.add(node.unary(UnaryOp::abs, node.input(0)), a.number(1)))};
}

/// x + bias below -lambd, x - bias above lambd, 0 between.
Outputs import_shrink(OnnxNode& node) {
  Arithmetic a(node);
  const TensorId x = node.input(0);
  const double lambd = node.real("lambd", 0.5), bias = node.real("bias", 0);
  const TensorId above = a.select(node.binary(BinaryOp::gt, x, a.number(lambd)), a.sub(x, a.number(bias)), a.number(0));
  return {a.select(node.binary(BinaryOp::lt, x, a.number(-lambd)), a.add(x, a.number(bias)), above)};
}

/// x * tanh(softplus(x))
Outputs import_mish(OnnxNode& node) {
  Arithmetic a(node);
  return {a.mul(node.input(0), node.unary(UnaryOp::tanh, import_softplus(node)[0]))};
}

/// x / 2 * (1 + erf(x / sqrt(2))), or the approximation by tanh.
Outputs import_gelu(OnnxNode& node) {
  Arithmetic a(node);
  const TensorId x = node.input(0);
  const std::string approximate = node.text("approximate", "none");
  TensorId gate = -1;
  if (approximate == "none") {
    gate = node.unary(UnaryOp::erf, a.mul(x, std::numbers::sqrt2 / 2));
  } else if (approximate == "tanh") {
    const TensorId cubic = a.add(x, a.mul(a.mul(a.mul(x, x), x), 0.044715));
    gate = node.unary(UnaryOp::tanh, a.mul(cubic, std::sqrt(2 / std::numbers::pi)));
  } else {
    refuse("approximate is '{}', expected 'none' or 'tanh'", approximate);
  }
  return {a.mul(a.mul(x, 0.5), a.add(gate, a.number(1)))};
}

/// x * sigmoid(alpha * x)
Outputs import_swish(OnnxNode& node) {
  Arithmetic a(node);
  return {a.mul(node.input(0), node.unary(UnaryOp::sigmoid, a.mul(node.input(0), node.real("alpha", 1))))};
}

/// 1 and -1; zeros and NaN stay what they are.
Outputs import_sign(OnnxNode& node) {
  const TensorId x = node.input(0);
  if (node.type(0) == DType::boolean) refuse("its data has type bool, expected numbers");
  const auto number = [&](double value) { return node.scalar(node.type(0), value); };
  TensorId rest = x;
  if (node.type(0) != DType::u8) rest = node.add(Select{}, {node.binary(BinaryOp::lt, x, number(0)), number(-1), rest});
  return {node.add(Select{}, {node.binary(BinaryOp::gt, x, number(0)), number(1), rest})};
}

}  // namespace tilewright::graph
