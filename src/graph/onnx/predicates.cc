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

Outputs import_is_nan(OnnxNode& node) { return {node.binary(BinaryOp::ne, node.input(0), node.input(0))}; }

Outputs import_is_inf(OnnxNode& node) {
  const auto equals = [&](double value) {
    return node.binary(BinaryOp::eq, node.input(0), node.scalar(node.type(0), value));
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const bool positive = node.integer("detect_positive", 1) != 0, negative = node.integer("detect_negative", 1) != 0;
  if (positive && negative) return {node.binary(BinaryOp::logical_or, equals(kInfinity), equals(-kInfinity))};
  if (!positive && !negative) refuse("detect_positive and detect_negative are both 0");
  return {equals(positive ? kInfinity : -kInfinity)};
}

/// With fmod the sign is that of the dividend (x - y * trunc(x / y)), without it, of the divisor.
Outputs import_mod(OnnxNode& node) {
  const TensorId x = node.input(0), y = node.input(1);
  const bool fmod = node.integer("fmod", 0) != 0, floats = is_float(node.type(0));
  if (floats && !fmod) refuse("fmod 0 is for integers only, found {}", tilewright::to_text(node.type(0)));
  if (!fmod) return {node.binary(BinaryOp::floor_mod, x, y)};
  TensorId quotient = node.binary(BinaryOp::div, x, y);
  if (floats) {
    const TensorId negative = node.binary(BinaryOp::lt, quotient, node.scalar(node.type(0), 0));
    quotient =
        node.add(Select{}, {negative, node.unary(UnaryOp::ceil, quotient), node.unary(UnaryOp::floor, quotient)});
  }
  const TensorId remainder = node.binary(BinaryOp::sub, x, node.binary(BinaryOp::mul, y, quotient));
  if (floats) return {remainder};
  const TensorId zero = node.scalar(node.type(0), 0);  // by which the remainder is 0 (docs/decisions/0018)
  return {node.add(Select{}, {node.binary(BinaryOp::eq, y, zero), zero, remainder})};
}

Outputs import_cast_like(OnnxNode& node) { return {node.add(Cast{node.type(1)}, {node.input(0)})}; }

}  // namespace tilewright::graph
