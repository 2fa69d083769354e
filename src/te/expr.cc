#include "te/expr.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/rounding.h"
#include "te/comparison.h"
#include "te/fold.h"
#include "te/tensor.h"

namespace tilewright::te {
namespace {

/// The constant `e` as a constant of another type; keeps `e` when it is no constant or the type can't hold the value.
Expr adapt(const Expr& e, DType type) {
  const Constant* c = as<Constant>(e);
  if (!c || e.type() == type) return e;
  if (e.type() == DType::boolean) return e;
  if (is_float(type)) return constant(type, c->value);
  const auto* value = std::get_if<std::int64_t>(&c->value);
  return value && wrap_integer(type, *value) == *value ? integer(*value, type) : e;
}

/// Gives both sides one type by adapting a constant; two constants meet at the type that is a float or wider.
void unify(Expr& a, Expr& b) {
  const bool a_wins = as<Constant>(b) && (!as<Constant>(a) || static_cast<int>(a.type()) >= static_cast<int>(b.type()));
  if (a_wins)
    b = adapt(b, a.type());
  else
    a = adapt(a, b.type());
}

bool is_integral_only(BinaryOp op) { return op == BinaryOp::floor_div || op == BinaryOp::floor_mod || is_bitwise(op); }

bool takes_any_number(UnaryOp op) { return op == UnaryOp::neg || op == UnaryOp::abs; }

Expr substitute_axes(const Expr& e, const std::vector<std::pair<const Axis*, Expr>>& replacements) {
  if (const AxisIndex* index = as<AxisIndex>(e)) {
    for (const auto& [axis, by] : replacements)
      if (axis == index->axis.get()) return by;
    return e;
  }
  return map_children(e, [&](const Expr& child) { return substitute_axes(child, replacements); });
}

void collect_loads(const Expr& e, std::vector<const Load*>& loads) {
  for_each_child(e, [&](const Expr& child) { collect_loads(child, loads); });
  if (const Load* load = as<Load>(e)) loads.push_back(load);
}

}  // namespace

AxisRef make_axis(std::string name, std::int64_t extent) {
  TW_CHECK(extent >= 1, "axis {} has extent {}, must be at least 1", name, extent);
  return std::make_shared<const Axis>(Axis{std::move(name), extent, false});
}

AxisRef reduce_axis(std::int64_t extent, std::string name) {
  TW_CHECK(extent >= 1, "reduction axis {} has extent {}, must be at least 1", name, extent);
  return std::make_shared<const Axis>(Axis{std::move(name), extent, true});
}

Expr::Expr(ExprNode node) : node_(std::make_shared<const ExprNode>(std::move(node))) {}
Expr::Expr(int value) : Expr(ExprNode{DType::i32, Constant{std::int64_t{value}}}) {}
Expr::Expr(std::int64_t value) : Expr(ExprNode{DType::i64, Constant{value}}) {}
Expr::Expr(float value) : Expr(ExprNode{DType::f32, Constant{static_cast<double>(value)}}) {}
Expr::Expr(double value) : Expr(ExprNode{DType::f64, Constant{value}}) {}
Expr::Expr(const AxisRef& axis) : Expr(ExprNode{DType::i32, AxisIndex{axis}}) {}
DType Expr::type() const { return node_->type; }

std::vector<const Load*> loads_of(const Expr& e) {
  std::vector<const Load*> loads;
  collect_loads(e, loads);
  return loads;
}

Expr substitute(const Expr& e, const std::vector<std::pair<const Axis*, Expr>>& replacements) {
  return substitute_axes(e, replacements);
}

Expr constant(DType type, const Number& value) {
  if (is_float(type)) return Expr(ExprNode{type, Constant{to_float(type, value)}});
  const std::int64_t held = to_integer(type, value);
  TW_CHECK(to_double(held) == to_double(value), "constant {} is not a value of type {}", to_double(value),
           to_text(type));
  return Expr(ExprNode{type, Constant{held}});
}

Expr integer(std::int64_t value, DType type) { return constant(type, value); }

Expr unary(UnaryOp op, Expr a) {
  const DType type = a.type();
  if (op == UnaryOp::logical_not) {
    TW_CHECK(type == DType::boolean, "logical not needs bool, found {}", to_text(type));
    if (const std::optional<std::int64_t> value = integer_value(a)) return integer(*value == 0, DType::boolean);
  } else {
    TW_CHECK(is_float(type) || (takes_any_number(op) && type != DType::boolean), "math function of type {}: {}",
             to_text(type), to_text(a));
  }
  return Expr(ExprNode{type, Unary{op, std::move(a)}});
}

Expr binary(BinaryOp op, Expr a, Expr b) {
  unify(a, b);
  TW_CHECK(a.type() == b.type(), "operands differ in type: {} is {}, {} is {}", to_text(a), to_text(a.type()),
           to_text(b), to_text(b.type()));
  TW_CHECK(!is_logical(op) || a.type() == DType::boolean, "logical operation on {}", to_text(a.type()));
  TW_CHECK(!is_integral_only(op) || !is_float(a.type()), "integer arithmetic of {}", to_text(a.type()));
  TW_CHECK((op != BinaryOp::pow && op != BinaryOp::fmod) || is_float(a.type()), "math function of {}",
           to_text(a.type()));
  const DType type = is_comparison(op) ? DType::boolean : a.type();
  if (const std::optional<Expr> folded = fold_binary(op, type, a, b)) return *folded;
  return Expr(ExprNode{type, Binary{op, std::move(a), std::move(b)}});
}

Expr select(Expr condition, Expr on_true, Expr on_false) {
  TW_CHECK(condition.type() == DType::boolean, "condition of type {}, expected bool", to_text(condition.type()));
  unify(on_true, on_false);
  TW_CHECK(on_true.type() == on_false.type(), "branches differ in type: {} and {}", to_text(on_true.type()),
           to_text(on_false.type()));
  if (const std::optional<std::int64_t> value = integer_value(condition)) return *value != 0 ? on_true : on_false;
  const DType type = on_true.type();
  return Expr(ExprNode{type, Select{std::move(condition), std::move(on_true), std::move(on_false)}});
}

Expr cast(DType type, Expr a) {
  if (a.type() == type) return a;
  if (const std::optional<std::int64_t> value = integer_value(a))
    return constant(type, is_float(type) ? Number(*value) : Number(wrap_integer(type, *value)));
  return Expr(ExprNode{type, Cast{std::move(a)}});
}

Expr reduce(Combiner combiner, Expr source, std::vector<AxisRef> axes) {
  TW_CHECK(!axes.empty(), "a reduction needs an axis");
  for (const AxisRef& axis : axes)
    TW_CHECK(axis->reduce, "axis {} is spatial, a reduction runs over reduction axes", axis->name);
  const DType type = source.type();
  return Expr(ExprNode{type, Reduce{combiner, std::move(source), std::move(axes)}});
}

Expr max(Expr a, Expr b) { return binary(BinaryOp::max, std::move(a), std::move(b)); }
Expr min(Expr a, Expr b) { return binary(BinaryOp::min, std::move(a), std::move(b)); }
Expr operator+(Expr a, Expr b) { return binary(BinaryOp::add, std::move(a), std::move(b)); }
Expr operator-(Expr a, Expr b) { return binary(BinaryOp::sub, std::move(a), std::move(b)); }
Expr operator*(Expr a, Expr b) { return binary(BinaryOp::mul, std::move(a), std::move(b)); }
Expr operator/(Expr a, Expr b) { return binary(BinaryOp::div, std::move(a), std::move(b)); }
Expr operator<(Expr a, Expr b) { return binary(BinaryOp::lt, std::move(a), std::move(b)); }
Expr operator>=(Expr a, Expr b) { return binary(BinaryOp::ge, std::move(a), std::move(b)); }
Expr operator&&(Expr a, Expr b) { return binary(BinaryOp::logical_and, std::move(a), std::move(b)); }
Expr floor_div(Expr a, Expr b) { return binary(BinaryOp::floor_div, std::move(a), std::move(b)); }
Expr floor_mod(Expr a, Expr b) { return binary(BinaryOp::floor_mod, std::move(a), std::move(b)); }

Expr identity(Combiner combiner, DType type) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (combiner) {
    case Combiner::sum:
      return integer(0, type);
    case Combiner::max:
      return is_float(type) ? constant(type, -kInfinity) : integer(lowest_integer(type), type);
    case Combiner::min:
      return is_float(type) ? constant(type, kInfinity) : integer(highest_integer(type), type);
    case Combiner::prod:
      return integer(1, type);
  }
  TW_CHECK(false, "unknown combiner");
}

BinaryOp operation_of(Combiner combiner) {
  switch (combiner) {
    case Combiner::sum:
      return BinaryOp::add;
    case Combiner::max:
      return BinaryOp::max;
    case Combiner::min:
      return BinaryOp::min;
    case Combiner::prod:
      return BinaryOp::mul;
  }
  TW_CHECK(false, "unknown combiner");
}

Expr combine(Combiner combiner, Expr a, Expr b) { return binary(operation_of(combiner), std::move(a), std::move(b)); }

}  // namespace tilewright::te
