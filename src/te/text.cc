// Prints expressions and DAGs in the notation of Ansor's ComputeDAG, so that the two can be compared as text.
#include <fmt/ranges.h>

#include <cmath>

#include "te/dag.h"

namespace tilewright::te {
namespace {

std::string_view numpy_name(DType type) {
  switch (type) {
    case DType::boolean:
      return "bool";
    case DType::i8:
      return "int8";
    case DType::u8:
      return "uint8";
    case DType::i32:
      return "int32";
    case DType::i64:
      return "int64";
    case DType::bf16:
      return "bfloat16";
    case DType::f32:
      return "float32";
    case DType::f64:
      return "float64";
  }
  return "?";
}

std::string_view name_of(UnaryOp op) {
  switch (op) {
    case UnaryOp::neg:
      return "neg";
    case UnaryOp::abs:
      return "fabs";
    case UnaryOp::logical_not:
      return "not";
    case UnaryOp::exp:
      return "exp";
    case UnaryOp::log:
      return "log";
    case UnaryOp::sqrt:
      return "sqrt";
    case UnaryOp::rsqrt:
      return "rsqrt";
    case UnaryOp::tanh:
      return "tanh";
    case UnaryOp::sigmoid:
      return "sigmoid";
    case UnaryOp::erf:
      return "erf";
    case UnaryOp::sin:
      return "sin";
    case UnaryOp::cos:
      return "cos";
    case UnaryOp::tan:
      return "tan";
    case UnaryOp::floor:
      return "floor";
    case UnaryOp::ceil:
      return "ceil";
    case UnaryOp::round:
      return "nearbyint";
    case UnaryOp::expm1:
      return "expm1";
    case UnaryOp::log1p:
      return "log1p";
    case UnaryOp::asin:
      return "asin";
    case UnaryOp::acos:
      return "acos";
    case UnaryOp::atan:
      return "atan";
    case UnaryOp::sinh:
      return "sinh";
    case UnaryOp::cosh:
      return "cosh";
    case UnaryOp::asinh:
      return "asinh";
    case UnaryOp::acosh:
      return "acosh";
    case UnaryOp::atanh:
      return "atanh";
  }
  return "?";
}

/// What stands between the operands or before them; `{0}` and `{1}` are the operands.
fmt::string_view pattern_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "({0} + {1})";
    case BinaryOp::sub:
      return "({0} - {1})";
    case BinaryOp::mul:
      return "({0}*{1})";
    case BinaryOp::div:
      return "({0}/{1})";
    case BinaryOp::floor_div:
      return "floordiv({0}, {1})";
    case BinaryOp::floor_mod:
      return "floormod({0}, {1})";
    case BinaryOp::min:
      return "min({0}, {1})";
    case BinaryOp::max:
      return "max({0}, {1})";
    case BinaryOp::pow:
      return "tir.pow({0}, {1})";
    case BinaryOp::eq:
      return "({0} == {1})";
    case BinaryOp::ne:
      return "({0} != {1})";
    case BinaryOp::lt:
      return "({0} < {1})";
    case BinaryOp::le:
      return "({0} <= {1})";
    case BinaryOp::gt:
      return "({0} > {1})";
    case BinaryOp::ge:
      return "({0} >= {1})";
    case BinaryOp::logical_and:
      return "({0} && {1})";
    case BinaryOp::logical_or:
      return "({0} || {1})";
    case BinaryOp::fmod:
      return "tir.fmod({0}, {1})";
    case BinaryOp::bit_and:
      return "({0} & {1})";
    case BinaryOp::bit_or:
      return "({0} | {1})";
    case BinaryOp::bit_xor:
      return "({0} ^ {1})";
  }
  return "?";
}

std::string to_text(const Constant& c, DType type) {
  if (const double* value = std::get_if<double>(&c.value))
    return fmt::format("{:.6g}{}", *value, type == DType::f32 ? "f" : type == DType::bf16 ? "h" : "");
  const std::int64_t value = std::get<std::int64_t>(c.value);
  return type == DType::i32 ? fmt::to_string(value) : fmt::format("({}){}", numpy_name(type), value);
}

std::vector<std::string> to_texts(const std::vector<Expr>& expressions) {
  std::vector<std::string> texts;
  for (const Expr& e : expressions) texts.push_back(te::to_text(e));
  return texts;
}

std::vector<std::string> names_of(const std::vector<AxisRef>& axes) {
  std::vector<std::string> names;
  for (const AxisRef& axis : axes) names.push_back(axis->name);
  return names;
}

std::string_view name_of(Combiner combiner) {
  switch (combiner) {
    case Combiner::sum:
      return "sum";
    case Combiner::max:
      return "max";
    case Combiner::min:
      return "min";
    case Combiner::prod:
      return "prod";
  }
  return "?";
}

std::string line_of(const Operation& op) {
  if (op.is_placeholder())
    return fmt::format("{} = {} [{}]\n", op.name, op.is_constant() ? "CONSTANT" : "PLACEHOLDER",
                       fmt::join(op.shape, ", "));
  const std::string left = fmt::format("{}({})", op.name, fmt::join(names_of(op.axes), ", "));
  const Reduce* reduction = as<Reduce>(op.body);
  if (!reduction) return fmt::format("{} = {}\n", left, to_text(op.body));
  const std::string_view sign = reduction->combiner == Combiner::sum ? "+" : name_of(reduction->combiner);
  return fmt::format("{} {}= {}\n", left, sign, to_text(reduction->source));
}

}  // namespace

std::string to_text(const Expr& e) {
  return match(
      e, [&](const Constant& n) { return to_text(n, e.type()); }, [](const AxisIndex& n) { return n.axis->name; },
      [](const Unary& n) { return fmt::format("tir.{}({})", name_of(n.op), to_text(n.a)); },
      [](const Binary& n) { return fmt::format(fmt::runtime(pattern_of(n.op)), to_text(n.a), to_text(n.b)); },
      [](const Select& n) {
        return fmt::format("tir.if_then_else({}, {}, {})", to_text(n.condition), to_text(n.on_true),
                           to_text(n.on_false));
      },
      [&](const Cast& n) { return fmt::format("{}({})", numpy_name(e.type()), to_text(n.a)); },
      [](const Load& n) { return fmt::format("{}[{}]", n.tensor->name, fmt::join(to_texts(n.indices), ", ")); },
      [](const Reduce& n) {
        return fmt::format("{}({}, axis=[{}])", name_of(n.combiner), to_text(n.source),
                           fmt::join(names_of(n.axes), ", "));
      });
}

std::string to_text(const Dag& dag) {
  std::string text;
  for (const Tensor& tensor : dag.ops()) text += line_of(*tensor);
  return text;
}

std::string to_text(UnaryOp op, const std::string& a) { return fmt::format("tir.{}({})", name_of(op), a); }

std::string to_text(BinaryOp op, const std::string& a, const std::string& b) {
  return fmt::format(fmt::runtime(pattern_of(op)), a, b);
}

}  // namespace tilewright::te
