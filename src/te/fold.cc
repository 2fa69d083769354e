#include "te/fold.h"

#include <algorithm>

#include "base/error.h"
#include "base/rounding.h"
#include "te/comparison.h"

namespace tilewright::te {
namespace {

/// Two's complement arithmetic: overflow wraps instead of being undefined.
std::int64_t wrapping(BinaryOp op, std::int64_t a, std::int64_t b) {
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  const std::uint64_t result = op == BinaryOp::add ? x + y : op == BinaryOp::sub ? x - y : x * y;
  return static_cast<std::int64_t>(result);
}

/// Quotient or remainder. Those by -1 are worked out apart, for the smallest integer: its quotient wraps.
std::int64_t divided(BinaryOp op, std::int64_t a, std::int64_t b) {
  const bool is_remainder = op == BinaryOp::floor_mod;
  if (b == 0 || (b == -1 && is_remainder)) return 0;
  if (b == -1) return wrapping(BinaryOp::sub, 0, a);
  const std::int64_t quotient = a / b, remainder = a % b;
  const bool rounds_down = op != BinaryOp::div && remainder != 0 && (remainder < 0) != (b < 0);
  if (is_remainder) return rounds_down ? remainder + b : remainder;
  return rounds_down ? quotient - 1 : quotient;
}

std::int64_t evaluate(BinaryOp op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case BinaryOp::add:
    case BinaryOp::sub:
    case BinaryOp::mul:
      return wrapping(op, a, b);
    case BinaryOp::div:
    case BinaryOp::floor_div:
    case BinaryOp::floor_mod:
      return divided(op, a, b);
    case BinaryOp::min:
      return std::min(a, b);
    case BinaryOp::max:
      return std::max(a, b);
    case BinaryOp::eq:
    case BinaryOp::ne:
    case BinaryOp::lt:
    case BinaryOp::le:
    case BinaryOp::gt:
    case BinaryOp::ge:
      return compare(op, a, b);
    case BinaryOp::logical_and:
      return a != 0 && b != 0;
    case BinaryOp::logical_or:
      return a != 0 || b != 0;
    case BinaryOp::bit_and:
      return a & b;
    case BinaryOp::bit_or:
      return a | b;
    case BinaryOp::bit_xor:
      return a ^ b;
    case BinaryOp::pow:
    case BinaryOp::fmod:
      break;
  }
  TW_CHECK(false, "no such operation on integers");
}

/// (x + c1) + c2, (x - c1) + c2, … : one shift of x.
std::optional<Expr> merge_shifts(BinaryOp op, DType type, const Expr& a, std::int64_t outer) {
  const Binary* inner = as<Binary>(a);
  if (!inner || (inner->op != BinaryOp::add && inner->op != BinaryOp::sub)) return std::nullopt;
  const std::optional<std::int64_t> c = integer_value(inner->b);
  if (!c || type == DType::boolean) return std::nullopt;
  const std::int64_t first = inner->op == BinaryOp::add ? *c : wrapping(BinaryOp::sub, 0, *c);
  const std::int64_t shift = wrap_integer(type, wrapping(op, first, outer));
  if (shift < 0 && shift != lowest_integer(type)) return binary(BinaryOp::sub, inner->a, integer(-shift, type));
  return binary(BinaryOp::add, inner->a, integer(shift, type));
}

std::optional<Expr> fold_integer_right(BinaryOp op, DType type, const Expr& a, std::int64_t b) {
  const bool shifts = op == BinaryOp::add || op == BinaryOp::sub;
  const bool divides = op == BinaryOp::div || op == BinaryOp::floor_div;
  if (shifts && b == 0) return a;
  if ((op == BinaryOp::mul || divides) && b == 1) return a;
  if ((op == BinaryOp::mul && b == 0) || (op == BinaryOp::floor_mod && b == 1)) return integer(0, type);
  if (op == BinaryOp::logical_and && b == 1) return a;
  if (op == BinaryOp::logical_or && b == 0) return a;
  return shifts ? merge_shifts(op, type, a, b) : std::nullopt;
}

std::optional<Expr> fold_integer_left(BinaryOp op, DType type, std::int64_t a, const Expr& b) {
  if (op == BinaryOp::add && a == 0) return b;
  if (op == BinaryOp::mul && a == 1) return b;
  if (op == BinaryOp::mul && a == 0) return integer(0, type);
  if (op == BinaryOp::logical_and) return a != 0 ? b : integer(0, type);
  if (op == BinaryOp::logical_or) return a != 0 ? integer(1, type) : b;
  return std::nullopt;
}

std::optional<double> float_value(const Expr& e) {
  const Constant* c = as<Constant>(e);
  return c && std::holds_alternative<double>(c->value) ? std::optional(std::get<double>(c->value)) : std::nullopt;
}

/// x + 0 is not x when x is -0, so only exact identities stand here.
std::optional<Expr> fold_float(BinaryOp op, DType type, const Expr& a, const Expr& b) {
  const std::optional<double> x = float_value(a), y = float_value(b);
  if (x && y) {
    if (op == BinaryOp::add) return constant(type, *x + *y);
    if (op == BinaryOp::sub) return constant(type, *x - *y);
    if (op == BinaryOp::mul) return constant(type, *x * *y);
  }
  if (y == 1.0 && (op == BinaryOp::mul || op == BinaryOp::div)) return a;
  if (x == 1.0 && op == BinaryOp::mul) return b;
  return std::nullopt;
}

}  // namespace

std::int64_t wrapping_arithmetic(BinaryOp op, DType type, std::int64_t a, std::int64_t b) {
  return wrap_integer(type, evaluate(op, a, b));
}

std::int64_t wrapping_arithmetic(UnaryOp op, DType type, std::int64_t a) {
  if (op == UnaryOp::logical_not) return a == 0;
  TW_CHECK(op == UnaryOp::neg || op == UnaryOp::abs, "no such function of an integer");
  return op == UnaryOp::neg || a < 0 ? wrap_integer(type, wrapping(BinaryOp::sub, 0, a)) : a;
}

std::optional<std::int64_t> integer_value(const Expr& e) {
  const Constant* c = as<Constant>(e);
  return c && std::holds_alternative<std::int64_t>(c->value) ? std::optional(std::get<std::int64_t>(c->value))
                                                             : std::nullopt;
}

std::optional<Expr> fold_binary(BinaryOp op, DType type, const Expr& a, const Expr& b) {
  if (is_float(a.type())) return fold_float(op, type, a, b);
  const std::optional<std::int64_t> x = integer_value(a), y = integer_value(b);
  if (x && y) return integer(wrapping_arithmetic(op, type, *x, *y), type);
  if (y) return fold_integer_right(op, type, a, *y);
  if (x) return fold_integer_left(op, type, *x, b);
  return std::nullopt;
}

}  // namespace tilewright::te
