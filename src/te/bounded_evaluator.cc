#include "te/bounded_evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "te/comparison.h"
#include "te/fold.h"
#include "te/rounding.h"

namespace tilewright::te {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMathUlps = 4;
/// What denormals may lose when hardware flushes them to zero.
constexpr double kSmallest = std::numeric_limits<float>::min();

/// Largest relative error of one rounding to a type.
double unit_roundoff(DType type) {
  switch (type) {
    case DType::bf16:
      return 0x1p-9;
    case DType::f64:
      return 0x1p-53;
    default:
      return 0x1p-24;
  }
}

/// `x` after a kernel rounded it `times` times.
Bounded rounded(Bounded x, DType type, double times) {
  if (is_float(type)) x.error += times * unit_roundoff(type) * (std::abs(x.value) + x.error) + kSmallest;
  return x;
}

/// The value in the middle and the distance to the farther of the ends.
Bounded between(double value, double end1, double end2) {
  const double error = std::max(std::abs(end1 - value), std::abs(end2 - value));
  return {value, std::isnan(error) ? kInfinity : error};
}

/// A function that is monotone between the ends.
template <class F>
Bounded monotone(const F& f, const Bounded& a) {
  return between(f(a.value), f(a.low()), f(a.high()));
}

/// A function that is monotone in each operand: the extremes are at the corners.
template <class F>
Bounded at_corners(const F& f, const Bounded& a, const Bounded& b) {
  const double value = f(a.value, b.value);
  const Bounded left = between(value, f(a.low(), b.low()), f(a.low(), b.high()));
  const Bounded right = between(value, f(a.high(), b.low()), f(a.high(), b.high()));
  return {value, std::max(left.error, right.error)};
}

Bounded quotient(const Bounded& a, const Bounded& b) {
  if (b.error > 0 && std::abs(b.value) <= b.error) return {a.value / b.value, kInfinity};
  return at_corners([](double x, double y) { return x / y; }, a, b);
}

Bounded power(const Bounded& a, const Bounded& b) {
  const auto f = [](double x, double y) { return std::pow(x, y); };
  if (a.low() <= 0 && (a.error > 0 || b.error > 0)) return {f(a.value, b.value), kInfinity};
  return at_corners(f, a, b);
}

bool is_logical(BinaryOp op) { return op == BinaryOp::logical_and || op == BinaryOp::logical_or; }

/// 0 or 1, with error 1 when the operands' intervals leave it open.
Bounded comparison(BinaryOp op, const Bounded& a, const Bounded& b) {
  const bool apart = a.high() < b.low() || b.high() < a.low();
  const bool exact = a.error == 0 && b.error == 0;
  return {compare(op, a.value, b.value) ? 1.0 : 0.0, apart || exact ? 0.0 : 1.0};
}

Bounded arithmetic(BinaryOp op, const Bounded& a, const Bounded& b) {
  switch (op) {
    case BinaryOp::add:
    case BinaryOp::sub:
      return {apply(op, a.value, b.value), a.error + b.error};
    case BinaryOp::mul:
      return {a.value * b.value, std::abs(a.value) * b.error + std::abs(b.value) * a.error + a.error * b.error};
    case BinaryOp::div:
      return quotient(a, b);
    case BinaryOp::pow:
      return power(a, b);
    default:
      return {apply(op, a.value, b.value), std::max(a.error, b.error)};  // min, max
  }
}

}  // namespace

Bounded BoundedEvaluator::operator()(std::span<const std::int64_t> point) {
  move_to(point);
  const Reduce* reduce = as<Reduce>(op_.body);
  Bounded result = reduce ? reduction(*reduce) : evaluate(root_);
  if (!is_float(op_.type)) return result;
  const double stored = round_float(op_.type, result.value);
  if (std::isfinite(stored)) result.error += std::abs(stored - result.value);  // the reference's own rounding
  result.value = stored;
  return op_.type == DType::bf16 ? rounded(result, op_.type, 1) : result;
}

Bounded BoundedEvaluator::reduction(const Reduce& reduce) {
  const auto start = as<Constant>(identity(reduce.combiner, op_.type))->value;
  Bounded result{std::visit([](auto v) { return static_cast<double>(v); }, start), 0};
  double terms = 0, magnitude = 0;
  do {
    const Bounded term = evaluate(root_);
    if (reduce.combiner == Combiner::sum) {
      result = {result.value + term.value, result.error + term.error};
    } else {
      const BinaryOp op = reduce.combiner == Combiner::max ? BinaryOp::max : BinaryOp::min;
      result = {apply(op, result.value, term.value), std::max(result.error, term.error)};
    }
    terms += 1;
    magnitude += std::abs(term.value) + term.error;
  } while (next_reduction_point());
  if (!is_float(op_.type))
    result.value = static_cast<double>(wrap_integer(op_.type, truncate_to_integer(result.value)));
  if (reduce.combiner == Combiner::sum && is_float(op_.type))
    result.error += terms * (unit_roundoff(op_.type) * magnitude + kSmallest);
  return result;
}

Bounded BoundedEvaluator::evaluate(int n) const {
  const Node& node = at(n);
  const DType type = node.expr.type();
  return match(
      node.expr, [&](const Constant&) { return Bounded{value(n), 0}; },
      [&](const AxisIndex&) { return Bounded{value(n), 0}; },
      [&](const Unary& u) { return unary(u, evaluate(operand(node, 0)), type); },
      [&](const Binary& b) { return binary(b, node, type); }, [&](const Select&) { return select(node); },
      [&](const Cast&) {
        const Bounded a = evaluate(operand(node, 0));
        if (is_float(type)) return rounded({round_float(type, a.value), a.error}, type, 2);
        const auto convert = [&](double x) {
          if (type == DType::boolean) return x != 0 ? 1.0 : 0.0;
          return static_cast<double>(wrap_integer(type, truncate_to_integer(x)));
        };
        return a.error == 0 ? Bounded{convert(a.value), 0} : monotone(convert, a);
      },
      [&](const Load& l) { return load(node, l); },
      [](const Reduce&) -> Bounded { TW_CHECK(false, "a reduction stands at the root"); });
}

Bounded BoundedEvaluator::unary(const Unary& u, const Bounded& a, DType type) const {
  const auto f = [&](double x) { return apply(u.op, x); };
  switch (u.op) {
    case UnaryOp::logical_not:
      return {a.value == 0 ? 1.0 : 0.0, a.error};
    case UnaryOp::neg:
      return {-a.value, a.error};
    case UnaryOp::abs:
      return {std::abs(a.value), a.error};
    case UnaryOp::floor:
    case UnaryOp::ceil:
    case UnaryOp::round:
      return monotone(f, a);
    case UnaryOp::sin:
    case UnaryOp::cos:
      return rounded({f(a.value), a.error}, type, 2 * kMathUlps);
    case UnaryOp::tan: {
      const bool one_branch = std::abs(a.value) + a.error < 1.57;
      return one_branch || a.error == 0 ? rounded(monotone(f, a), type, 2 * kMathUlps) : Bounded{f(a.value), kInfinity};
    }
    default:
      return rounded(monotone(f, a), type, 2 * kMathUlps);
  }
}

Bounded BoundedEvaluator::binary(const Binary& b, const Node& node, DType type) const {
  const Bounded left = evaluate(operand(node, 0));
  if (is_logical(b.op)) {
    const bool decided = (left.value != 0) == (b.op == BinaryOp::logical_or);
    if (decided && left.error == 0) return left;
    const Bounded right = evaluate(operand(node, 1));
    const bool both = b.op == BinaryOp::logical_and;
    const bool result = both ? left.value != 0 && right.value != 0 : left.value != 0 || right.value != 0;
    return {result ? 1.0 : 0.0, std::max(left.error, right.error)};
  }
  const Bounded right = evaluate(operand(node, 1));
  if (is_comparison(b.op)) return comparison(b.op, left, right);
  if (!is_float(type)) {
    const auto exact =
        wrapping_arithmetic(b.op, type, truncate_to_integer(left.value), truncate_to_integer(right.value));
    TW_CHECK(exact, "{}: division by zero in {}", op_.name, to_text(node.expr));
    const bool known = left.error == 0 && right.error == 0;
    return {static_cast<double>(*exact), known ? 0 : kInfinity};
  }
  const Bounded result = arithmetic(b.op, left, right);
  if (b.op == BinaryOp::min || b.op == BinaryOp::max) return result;
  return rounded(result, type, b.op == BinaryOp::pow ? 2 * kMathUlps : 1);
}

Bounded BoundedEvaluator::select(const Node& node) const {
  const Bounded condition = evaluate(operand(node, 0));
  const Bounded chosen = evaluate(operand(node, condition.value != 0 ? 1 : 2));
  if (condition.error == 0) return chosen;
  const Bounded other = evaluate(operand(node, condition.value != 0 ? 2 : 1));
  return {chosen.value, std::max(chosen.error, std::abs(other.value - chosen.value) + other.error)};
}

Bounded BoundedEvaluator::load(const Node& node, const Load& load) const {
  const auto tensor = static_cast<std::size_t>(node.slot);
  const std::size_t element = offset(node, load);
  return {tensors_[tensor].values[element], bounds_[tensor].empty() ? 0.0 : bounds_[tensor][element]};
}

}  // namespace tilewright::te
