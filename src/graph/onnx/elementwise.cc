// Elementwise operators.

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "graph/onnx/functions.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {
namespace {

constexpr std::pair<std::string_view, te::UnaryOp> kUnary[] = {
    {"Neg", te::UnaryOp::neg},     {"Abs", te::UnaryOp::abs},         {"Exp", te::UnaryOp::exp},
    {"Log", te::UnaryOp::log},     {"Sqrt", te::UnaryOp::sqrt},       {"Tanh", te::UnaryOp::tanh},
    {"Erf", te::UnaryOp::erf},     {"Sigmoid", te::UnaryOp::sigmoid}, {"Floor", te::UnaryOp::floor},
    {"Ceil", te::UnaryOp::ceil},   {"Round", te::UnaryOp::round},     {"Sin", te::UnaryOp::sin},
    {"Cos", te::UnaryOp::cos},     {"Tan", te::UnaryOp::tan},         {"Not", te::UnaryOp::logical_not},
    {"Asin", te::UnaryOp::asin},   {"Acos", te::UnaryOp::acos},       {"Atan", te::UnaryOp::atan},
    {"Sinh", te::UnaryOp::sinh},   {"Cosh", te::UnaryOp::cosh},       {"Asinh", te::UnaryOp::asinh},
    {"Acosh", te::UnaryOp::acosh}, {"Atanh", te::UnaryOp::atanh},
};

constexpr std::pair<std::string_view, te::BinaryOp> kBinary[] = {
    {"Add", te::BinaryOp::add},
    {"Sub", te::BinaryOp::sub},
    {"Mul", te::BinaryOp::mul},
    {"Div", te::BinaryOp::div},
    {"Min", te::BinaryOp::min},
    {"Max", te::BinaryOp::max},
    {"Sum", te::BinaryOp::add},
    {"Equal", te::BinaryOp::eq},
    {"Less", te::BinaryOp::lt},
    {"LessOrEqual", te::BinaryOp::le},
    {"Greater", te::BinaryOp::gt},
    {"GreaterOrEqual", te::BinaryOp::ge},
    {"And", te::BinaryOp::logical_and},
    {"Or", te::BinaryOp::logical_or},
    {"BitwiseAnd", te::BinaryOp::bit_and},
    {"BitwiseOr", te::BinaryOp::bit_or},
    {"BitwiseXor", te::BinaryOp::bit_xor},
};

template <class Table>
auto look_up(const Table& table, std::string_view name) {
  for (const auto& [key, value] : table)
    if (key == name) return value;
  refuse("no such elementwise operator");
}

/// The largest number of a float type that is not infinite.
double largest_of(DType type) {
  if (type == DType::f64) return std::numeric_limits<double>::max();
  return type == DType::bf16 ? 0x1.fep127 : std::numeric_limits<float>::max();
}

}  // namespace

Outputs import_unary(OnnxNode& node) { return {node.unary(look_up(kUnary, node.op_type()), node.input(0))}; }

Outputs import_binary(OnnxNode& node) {
  return {node.binary(look_up(kBinary, node.op_type()), node.input(0), node.input(1))};
}

/// Any number of inputs, combined from the first to the last.
Outputs import_variadic(OnnxNode& node) {
  if (node.op_type() == "Mean") node.require_float(0);
  const te::BinaryOp op = node.op_type() == "Mean" ? te::BinaryOp::add : look_up(kBinary, node.op_type());
  TensorId out = node.input(0);
  for (int i = 1; i < node.num_inputs(); ++i) out = node.binary(op, out, node.input(i));
  if (node.op_type() == "Mean")
    out = node.binary(te::BinaryOp::mul, out, node.scalar(node.type(0), 1.0 / node.num_inputs()));
  return {node.num_inputs() == 1 ? node.add(Identity{}, {out}) : out};
}

/// The result has the type of the base; powers of integers are computed in f64.
Outputs import_pow(OnnxNode& node) {
  const DType type = is_float(node.type(0)) ? node.type(0) : DType::f64;
  const TensorId power = node.binary(te::BinaryOp::pow, node.cast(node.input(0), type), node.cast(node.input(1), type));
  return {node.cast(power, node.type(0))};
}

Outputs import_relu(OnnxNode& node) { return {node.add(Relu{}, {node.input(0)})}; }

Outputs import_leaky_relu(OnnxNode& node) {
  node.require_float(0);
  return {node.add(LeakyRelu{node.real("alpha", 0.01)}, {node.input(0)})};
}

/// x * slope where x < 0, x elsewhere: a slope that is infinite or NaN does not touch what is positive.
Outputs import_prelu(OnnxNode& node) {
  if (node.type(0) == DType::boolean) refuse("its data has type bool, expected numbers");
  const TensorId x = node.input(0);
  const TensorId negative = node.binary(te::BinaryOp::lt, x, node.scalar(node.type(0), 0));
  return {node.add(Select{}, {negative, node.binary(te::BinaryOp::mul, x, node.input(1)), x})};
}

/// x where x >= 0, alpha * (exp(x) - 1) elsewhere.
Outputs import_elu(OnnxNode& node) {
  node.require_float(0);
  const DType type = node.type(0);
  const TensorId x = node.input(0), zero = node.scalar(type, 0);
  const TensorId grown = node.unary(te::UnaryOp::expm1, node.binary(te::BinaryOp::min, x, zero));
  const TensorId below = node.binary(te::BinaryOp::mul, grown, node.scalar(type, node.real("alpha", 1)));
  return {node.binary(te::BinaryOp::add, node.add(Relu{}, {x}), below)};
}

/// Bounds are attributes until opset 10, inputs since. One that is left out is the least or the largest number of the
/// type, which cuts off infinities; where the least is above the largest, the largest counts.
Outputs import_clip(OnnxNode& node) {
  const bool computed = !is_float(node.type(0)) || (node.has_input(1) && !node.is_constant(1)) ||
                        (node.has_input(2) && !node.is_constant(2));
  TensorId out = node.input(0);
  if (computed) {
    if (node.has_input(1)) out = node.binary(te::BinaryOp::max, out, node.input(1));
    if (node.has_input(2)) out = node.binary(te::BinaryOp::min, out, node.input(2));
    return {out == node.input(0) ? node.add(Identity{}, {out}) : out};
  }
  constexpr int kBoundsAreInputs = 11;  // before, they are attributes, which default to the ends of f32 for f64, too
  const double largest = largest_of(node.opset() < kBoundsAreInputs ? DType::f32 : node.type(0));
  double low = node.real("min", -largest), high = node.real("max", largest);
  if (node.has_input(1)) low = node.constant_real(1, "min");
  if (node.has_input(2)) high = node.constant_real(2, "max");
  return {node.add(Clip{low, high}, {out})};
}

Outputs import_hard_sigmoid(OnnxNode& node) {
  node.require_float(0);
  const DType type = node.type(0);
  const TensorId scaled = node.binary(te::BinaryOp::mul, node.input(0), node.scalar(type, node.real("alpha", 0.2)));
  return {node.add(Clip{0, 1}, {node.binary(te::BinaryOp::add, scaled, node.scalar(type, node.real("beta", 0.5)))})};
}

Outputs import_hard_swish(OnnxNode& node) {
  node.require_float(0);
  const DType type = node.type(0);
  constexpr float kAlpha = 1.0F / 6;  // HardSigmoid's attribute in ONNX's definition, so f32
  const TensorId scaled = node.binary(te::BinaryOp::mul, node.input(0), node.scalar(type, kAlpha));
  const TensorId gate = node.add(Clip{0, 1}, {node.binary(te::BinaryOp::add, scaled, node.scalar(type, 0.5))});
  return {node.binary(te::BinaryOp::mul, node.input(0), gate)};
}

/// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)), which does not overflow, and keeps what is far below 1.
Outputs import_softplus(OnnxNode& node) {
  node.require_float(0);
  const TensorId x = node.input(0);
  const TensorId small = node.unary(te::UnaryOp::exp, node.unary(te::UnaryOp::neg, node.unary(te::UnaryOp::abs, x)));
  return {node.binary(te::BinaryOp::add, node.add(Relu{}, {x}), node.unary(te::UnaryOp::log1p, small))};
}

Outputs import_reciprocal(OnnxNode& node) {
  node.require_float(0);
  return {node.binary(te::BinaryOp::div, node.scalar(node.type(0), 1), node.input(0))};
}

Outputs import_where(OnnxNode& node) { return {node.add(Select{}, {node.input(0), node.input(1), node.input(2)})}; }

Outputs import_cast(OnnxNode& node) {
  const int to = static_cast<int>(node.integer("to", 0));
  const std::optional<DType> type = dtype_of(to);
  if (!type) refuse("element type {} is not supported", onnx_type_name(to));
  return {node.add(Cast{*type}, {node.input(0)})};
}

}  // namespace tilewright::graph
