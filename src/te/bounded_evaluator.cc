#include "te/bounded_evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/rounding.h"
#include "te/comparison.h"
#include "te/fold.h"

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

/// An integer or bool.
Bounded whole_number(std::int64_t whole, double error) { return {static_cast<double>(whole), error, whole}; }

/// 0 or 1, with error 1 when the operands' intervals leave it open.
Bounded comparison(BinaryOp op, const Bounded& a, const Bounded& b, bool floats) {
  const bool apart = a.high() < b.low() || b.high() < a.low();
  const bool exact = a.error == 0 && b.error == 0;
  const bool holds = floats ? compare(op, a.value, b.value) : compare(op, a.whole, b.whole);
  return whole_number(holds, apart || exact ? 0 : 1);
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
    case BinaryOp::fmod:  // jumps where the quotient is whole
      return {apply(op, a.value, b.value), a.error == 0 && b.error == 0 ? 0 : kInfinity};
    default:
      return {apply(op, a.value, b.value), std::max(a.error, b.error)};  // min, max
  }
}

/// Whether all that `x` may be are values of the integer type.
bool fits(DType type, const Bounded& x) {
  return x.low() >= static_cast<double>(lowest_integer(type)) && x.high() <= static_cast<double>(highest_integer(type));
}

/// Nothing is said of inexact integers that may wrap, are divided or taken bit by bit.
Bounded integer_arithmetic(BinaryOp op, DType type, const Bounded& a, const Bounded& b) {
  const std::int64_t whole = wrapping_arithmetic(op, type, a.whole, b.whole);
  if (a.error == 0 && b.error == 0) return whole_number(whole, 0);
  if (op == BinaryOp::div || op == BinaryOp::floor_div || op == BinaryOp::floor_mod || is_bitwise(op))
    return whole_number(whole, kInfinity);
  const Bounded unlimited = arithmetic(op, a, b);
  return whole_number(whole, fits(type, unlimited) ? unlimited.error : kInfinity);
}

Bounded integer_function(UnaryOp op, DType type, const Bounded& a) {
  const bool may_wrap = op != UnaryOp::logical_not && a.error != 0 && !fits(type, {-a.value, a.error});
  return whole_number(wrapping_arithmetic(op, type, a.whole), may_wrap ? kInfinity : a.error);
}

/// A float as an integer; nothing is said where it may be one that the type does not hold.
Bounded truncated(DType type, const Bounded& a) {
  const Bounded result = whole_number(to_integer(type, a.value), 0);
  if (a.error == 0) return result;
  const auto convert = [&](double x) { return static_cast<double>(to_integer(type, x)); };
  const auto holds = [&](double x) { return convert(x) == std::trunc(x); };
  if (type == DType::boolean) return whole_number(result.whole, a.low() <= 0 && a.high() >= 0 ? 1 : 0);
  return whole_number(result.whole, holds(a.low()) && holds(a.high()) ? monotone(convert, a).error : kInfinity);
}

/// A number of type `from` as one of type `to`.
Bounded converted(DType from, DType to, const Bounded& a) {
  if (is_float(to)) {
    const double nearest = to_float(to, is_float(from) ? Number(a.value) : Number(a.whole));
    return rounded({nearest, a.error}, to, 2);
  }
  if (is_float(from)) return truncated(to, a);
  const std::int64_t whole = to_integer(to, a.whole);
  if (to == DType::boolean) return whole_number(whole, a.error == 0 ? 0 : 1);
  return whole_number(whole, a.error == 0 || fits(to, a) ? a.error : kInfinity);
}

Bounded function(UnaryOp op, DType type, const Bounded& a) {
  const auto f = [&](double x) { return apply(op, x); };
  switch (op) {
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
  const BinaryOp op = operation_of(reduce.combiner);
  const bool floats = is_float(op_.type), sums = floats && op == BinaryOp::add;
  const Number start = as<Constant>(identity(reduce.combiner, op_.type))->value;
  Bounded result = floats ? Bounded{std::get<double>(start)} : whole_number(std::get<std::int64_t>(start), 0);
  double terms = 0, magnitude = 0;
  do {
    const Bounded term = evaluate(root_);
    result = floats ? arithmetic(op, result, term) : integer_arithmetic(op, op_.type, result, term);
    if (floats && op == BinaryOp::mul) result = rounded(result, op_.type, 1);
    terms += 1;
    magnitude += std::abs(term.value) + term.error;
  } while (next_reduction_point());
  if (sums) result.error += terms * (unit_roundoff(op_.type) * magnitude + kSmallest);
  return result;
}

Bounded BoundedEvaluator::evaluate(int n) const {
  const Node& node = at(n);
  const DType type = node.expr.type();
  const auto exact = [&] { return is_real(n) ? Bounded{real(n)} : whole_number(whole(n), 0); };
  return match(
      node.expr, [&](const Constant&) { return exact(); }, [&](const AxisIndex&) { return exact(); },
      [&](const Unary& u) {
        const Bounded a = evaluate(operand(node, 0));
        return is_float(type) ? function(u.op, type, a) : integer_function(u.op, type, a);
      },
      [&](const Binary& b) { return binary(b, node, type); }, [&](const Select&) { return select(node); },
      [&](const Cast& c) { return converted(c.a.type(), type, evaluate(operand(node, 0))); },
      [&](const Load& l) { return load(node, l); },
      [](const Reduce&) -> Bounded { TW_CHECK(false, "a reduction stands at the root"); });
}

Bounded BoundedEvaluator::binary(const Binary& b, const Node& node, DType type) const {
  const Bounded left = evaluate(operand(node, 0));
  if (is_logical(b.op)) {
    const bool decided = (left.whole != 0) == (b.op == BinaryOp::logical_or);
    if (decided && left.error == 0) return left;
    const Bounded right = evaluate(operand(node, 1));
    return whole_number(wrapping_arithmetic(b.op, type, left.whole, right.whole), std::max(left.error, right.error));
  }
  const Bounded right = evaluate(operand(node, 1));
  if (is_comparison(b.op)) return comparison(b.op, left, right, is_real(operand(node, 0)));
  if (!is_float(type)) return integer_arithmetic(b.op, type, left, right);
  const Bounded result = arithmetic(b.op, left, right);
  if (b.op == BinaryOp::min || b.op == BinaryOp::max) return result;
  return rounded(result, type, b.op == BinaryOp::pow ? 2 * kMathUlps : 1);
}

Bounded BoundedEvaluator::select(const Node& node) const {
  const Bounded condition = evaluate(operand(node, 0));
  Bounded chosen = evaluate(operand(node, condition.whole != 0 ? 1 : 2));
  if (condition.error == 0) return chosen;
  const Bounded other = evaluate(operand(node, condition.whole != 0 ? 2 : 1));
  chosen.error = std::max(chosen.error, std::abs(other.value - chosen.value) + other.error);
  return chosen;
}

Bounded BoundedEvaluator::load(const Node& node, const Load& load) const {
  const std::vector<double>& bounds = bounds_[static_cast<std::size_t>(node.slot)];
  const std::size_t element = offset(node, load);
  const double error = bounds.empty() ? 0.0 : bounds[element];
  return is_float(node.expr.type()) ? Bounded{loaded(node).values[element], error}
                                    : whole_number(loaded(node).integers[element], error);
}

}  // namespace tilewright::te
