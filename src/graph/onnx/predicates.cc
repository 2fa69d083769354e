// Logic, classification of numbers, and remainders.

#include <limits>

#include "graph/onnx/functions.h"

namespace tilewright::graph {

using te::BinaryOp;
using te::UnaryOp;

Outputs import_xor(OnnxNode& node) {
  const TensorId both = node.binary(BinaryOp::logical_and, node.input(0), node.input(1));
  const TensorId any = node.binary(BinaryOp::logical_or, node.input(0), node.input(1));
  return {node.binary(BinaryOp::logical_and, any, node.unary(UnaryOp::logical_not, both))};
}

Outputs import_is_nan(OnnxNode& node) {
  node.require_float(0);
  return {node.binary(BinaryOp::ne, node.input(0), node.input(0))};
}

Outputs import_is_inf(OnnxNode& node) {
  node.require_float(0);
  const auto equals = [&](double value) {
    return node.binary(BinaryOp::eq, node.input(0), node.scalar(node.type(0), value));
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const bool positive = node.integer("detect_positive", 1) != 0, negative = node.integer("detect_negative", 1) != 0;
  if (positive && negative) return {node.binary(BinaryOp::logical_or, equals(kInfinity), equals(-kInfinity))};
  if (!positive && !negative) return {node.binary(BinaryOp::lt, node.input(0), node.input(0))};  // none of them
  return {equals(positive ? kInfinity : -kInfinity)};
}

namespace {

/// The rest of a division that truncates, one divisor further where its sign is not that of the divisor.
TensorId floor_mod_of_floats(OnnxNode& node, TensorId x, TensorId y) {
  const TensorId rest = node.binary(BinaryOp::fmod, x, y), zero = node.scalar(node.type(0), 0);
  const auto is_negative = [&](TensorId id) { return node.binary(BinaryOp::lt, id, zero); };
  const TensorId signs_differ = node.binary(BinaryOp::ne, is_negative(rest), is_negative(y));
  const TensorId further = node.binary(BinaryOp::logical_and, signs_differ, node.binary(BinaryOp::ne, rest, zero));
  return node.add(Select{}, {further, node.binary(BinaryOp::add, rest, y), rest});
}

}  // namespace

/// With fmod the sign is that of the dividend, without it, of the divisor.
Outputs import_mod(OnnxNode& node) {
  const TensorId x = node.input(0), y = node.input(1);
  const bool fmod = node.integer("fmod", 0) != 0, floats = is_float(node.type(0));
  if (floats && !fmod && node.opset() < 28)
    refuse("fmod 0 is for integers only before opset 28, found {}", tilewright::to_text(node.type(0)));
  if (floats) return {fmod ? node.binary(BinaryOp::fmod, x, y) : floor_mod_of_floats(node, x, y)};
  if (!fmod) return {node.binary(BinaryOp::floor_mod, x, y)};
  const TensorId quotient = node.binary(BinaryOp::div, x, y);
  const TensorId remainder = node.binary(BinaryOp::sub, x, node.binary(BinaryOp::mul, y, quotient));
  const TensorId zero = node.scalar(node.type(0), 0);  // by which the remainder is 0 (docs/decisions/0018)
  return {node.add(Select{}, {node.binary(BinaryOp::eq, y, zero), zero, remainder})};
}

Outputs import_cast_like(OnnxNode& node) { return {node.add(Cast{node.type(1)}, {node.input(0)})}; }

}  // namespace tilewright::graph
