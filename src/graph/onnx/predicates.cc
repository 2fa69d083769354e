// Logic, classification of numbers, and remainders.

#include <limits>

#include "graph/array.h"
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

/// Products with powers of two, and quotients by them; a shift by all bits or more leaves 0, which a product with 0 and
/// a quotient by 0 are (docs/decisions/0018).
Outputs import_bit_shift(OnnxNode& node) {
  if (node.type(0) != DType::u8 || node.type(1) != DType::u8)
    refuse("its data has types {} and {}, expected u8", tilewright::to_text(node.type(0)),
           tilewright::to_text(node.type(1)));
  const std::string direction = node.text("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") refuse("direction is '{}', expected LEFT or RIGHT", direction);
  constexpr std::int64_t kBits = 8;
  runtime::Tensor powers(DType::u8, {kBits + 1});  // the last one is 0
  for (std::int64_t i = 0; i < kBits; ++i) set_element(powers, i, std::int64_t{1} << i);
  const TensorId bits = node.binary(BinaryOp::min, node.input(1), node.scalar(DType::u8, kBits));
  const TensorId power = node.add(Gather{0}, {node.add_constant(powers), node.cast(bits, DType::i32)});
  return {node.binary(direction == "LEFT" ? BinaryOp::mul : BinaryOp::div, node.input(0), power)};
}

Outputs import_bitwise_not(OnnxNode& node) {
  const DType type = node.type(0);
  return {node.binary(BinaryOp::bit_xor, node.input(0), node.scalar(type, type == DType::u8 ? 255 : -1))};
}

Outputs import_cast_like(OnnxNode& node) { return {node.add(Cast{node.type(1)}, {node.input(0)})}; }

}  // namespace tilewright::graph
