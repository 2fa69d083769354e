#include "loop/translate.h"

#include <optional>

#include "base/integer.h"
#include "base/rounding.h"
#include "te/comparison.h"

namespace tilewright::loop {
namespace {

using te::BinaryOp;

std::optional<std::int64_t> integer_constant(const te::Expr& e) {
  const auto* constant = te::as<te::Constant>(e);
  if (!constant) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&constant->value);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<Range> linear_range(const te::Expr& e);

std::optional<Range> linear_range(const te::Binary& n) {
  const std::optional<Range> a = linear_range(n.a), b = linear_range(n.b);
  if (!a || !b) return std::nullopt;
  const std::optional<std::int64_t> left = integer_constant(n.a), right = integer_constant(n.b);
  std::int64_t low = 0, high = 0;
  bool overflows = false;
  if (n.op == BinaryOp::add) {
    overflows = __builtin_add_overflow(a->low, b->low, &low) || __builtin_add_overflow(a->high, b->high, &high);
  } else if (n.op == BinaryOp::sub) {
    overflows = __builtin_sub_overflow(a->low, b->high, &low) || __builtin_sub_overflow(a->high, b->low, &high);
  } else if (n.op == BinaryOp::mul && (left || right)) {
    const Range& range = right ? *a : *b;
    const std::int64_t factor = right ? *right : *left;
    overflows = __builtin_mul_overflow(range.low, factor, &low) || __builtin_mul_overflow(range.high, factor, &high);
    if (factor < 0) std::swap(low, high);
  } else if (n.op == BinaryOp::floor_div && right.value_or(0) > 0) {
    low = floor_div(a->low, *right), high = floor_div(a->high, *right);
  } else if (n.op == BinaryOp::floor_mod && right.value_or(0) > 0) {
    high = *right - 1;
  } else {
    return std::nullopt;
  }
  return overflows ? std::nullopt : std::optional(Range{low, high});
}

/// The values of an integer expression that is a linear form with quotients and remainders by constants. Nothing for
/// others, and where a value does not fit its type: there an expression wraps, and an index does not.
std::optional<Range> linear_range(const te::Expr& e) {
  if (is_float(e.type()) || e.type() == DType::boolean) return std::nullopt;
  const std::optional<Range> range = te::match(
      e,
      [](const te::Constant& n) {
        const std::int64_t value = std::get<std::int64_t>(n.value);
        return std::optional(Range{value, value});
      },
      [](const te::AxisIndex& n) { return std::optional(Range{0, n.axis->extent - 1}); },
      [](const te::Cast& n) { return linear_range(n.a); }, [](const te::Binary& n) { return linear_range(n); },
      [](const auto&) { return std::optional<Range>(); });
  const bool fits = range && range->low >= lowest_integer(e.type()) && range->high <= highest_integer(e.type());
  return fits ? range : std::nullopt;
}

bool is_linear(const te::Expr& e) { return linear_range(e).has_value(); }

}  // namespace

AffineExpr Translator::index(const te::Expr& e, const Axes& axes, std::int64_t extent) {
  if (!is_linear(e)) {
    const ValueId id = value(e, axes);
    return AffineTable::variable(program_.indices.add_value(id, {0, extent - 1}));
  }
  return te::match(
      e, [&](const te::Constant& n) { return AffineExpr(std::get<std::int64_t>(n.value)); },
      [&](const te::AxisIndex& n) {
        for (const auto& [axis, index] : axes)
          if (axis == n.axis.get()) return index;
        TW_CHECK(false, "axis {} is not an axis of the operation that uses it", n.axis->name);
      },
      [&](const te::Cast& n) { return index(n.a, axes, extent); },
      [&](const te::Binary& n) {
        if (n.op == BinaryOp::floor_div)
          return program_.indices.quotient(index(n.a, axes, extent), *integer_constant(n.b));
        if (n.op == BinaryOp::floor_mod)
          return program_.indices.remainder(index(n.a, axes, extent), *integer_constant(n.b));
        if (n.op == BinaryOp::mul) {
          if (const auto factor = integer_constant(n.b)) return index(n.a, axes, extent) * *factor;
          return index(n.b, axes, extent) * *integer_constant(n.a);
        }
        const AffineExpr a = index(n.a, axes, extent), b = index(n.b, axes, extent);
        return program_.indices.recombine(n.op == BinaryOp::add ? a + b : a - b);
      },
      [](const auto&) -> AffineExpr { TW_CHECK(false, "not a linear form"); });
}

ValueId Translator::value(const te::Expr& e, const Axes& axes) {
  const DType type = e.type();
  if (!te::as<te::Constant>(e) && is_linear(e)) {
    const AffineExpr linear = index(e, axes, 0);
    if (linear.is_constant()) return program_.add({type, ConstantValue{wrap_integer(type, linear.constant)}});
    return program_.add({type, IndexValue{linear}});
  }
  return te::match(
      e, [&](const te::Constant& n) { return program_.add({type, ConstantValue{n.value}}); },
      [&](const te::AxisIndex&) -> ValueId { TW_CHECK(false, "an axis is a linear form"); },
      [&](const te::Unary& n) {
        const ValueId a = value(n.a, axes);
        if (bool known; n.op == te::UnaryOp::logical_not && as_boolean(a, known)) return boolean(!known);
        return program_.add({type, UnaryValue{n.op, a}});
      },
      [&](const te::Binary& n) { return binary(e, n, axes); },
      [&](const te::Select& n) {
        const ValueId condition = value(n.condition, axes);
        if (bool known; as_boolean(condition, known)) return value(known ? n.on_true : n.on_false, axes);
        const ValueId on_true = value(n.on_true, axes), on_false = value(n.on_false, axes);
        return program_.add({type, SelectValue{condition, on_true, on_false}});
      },
      [&](const te::Cast& n) {
        const ValueId a = value(n.a, axes);
        return n.a.type() == type ? a : program_.add({type, CastValue{a}});
      },
      [&](const te::Load& n) { return load(n, axes); },
      [&](const te::Reduce&) -> ValueId { TW_CHECK(false, "a reduction inside an expression"); });
}

ValueId Translator::load(const te::Load& n, const Axes& axes) {
  const int stage = state_.dag()->index_of(n.tensor.get());
  TW_CHECK(stage >= 0, "{} is read but not part of the DAG", n.tensor->name);
  std::vector<AffineExpr> indices;
  for (std::size_t d = 0; d < n.indices.size(); ++d) indices.push_back(index(n.indices[d], axes, n.tensor->shape[d]));
  const BufferId buffer = buffer_of_stage_[static_cast<std::size_t>(stage)];
  if (buffer >= 0) return program_.add({n.tensor->type, LoadValue{buffer, std::move(indices)}});
  Axes inlined;
  for (std::size_t d = 0; d < indices.size(); ++d) inlined.emplace_back(n.tensor->axes[d].get(), indices[d]);
  return value(n.tensor->body, inlined);
}

ValueId Translator::binary(const te::Expr& e, const te::Binary& n, const Axes& axes) {
  if (te::is_comparison(n.op) && is_linear(n.a) && is_linear(n.b))
    return comparison(n.op, index(n.a, axes, 0), index(n.b, axes, 0));
  const ValueId a = value(n.a, axes);
  if (n.op == BinaryOp::logical_and || n.op == BinaryOp::logical_or) {
    const bool deciding = n.op == BinaryOp::logical_or;
    if (bool known; as_boolean(a, known)) return known == deciding ? boolean(known) : value(n.b, axes);
    const ValueId b = value(n.b, axes);
    if (bool known; as_boolean(b, known)) return known == deciding ? boolean(known) : a;
    return program_.add({e.type(), BinaryValue{n.op, a, b}});
  }
  return program_.add({e.type(), BinaryValue{n.op, a, value(n.b, axes)}});
}

ValueId Translator::comparison(BinaryOp op, const AffineExpr& a, const AffineExpr& b) {
  switch (op) {
    case BinaryOp::lt:
      return non_negative(b - a - AffineExpr(1));
    case BinaryOp::le:
      return non_negative(b - a);
    case BinaryOp::gt:
      return non_negative(a - b - AffineExpr(1));
    case BinaryOp::ge:
      return non_negative(a - b);
    default:
      break;
  }
  const ValueId low = non_negative(a - b), high = non_negative(b - a);
  bool low_known = false, high_known = false;
  ValueId equal;
  if (as_boolean(low, low_known))
    equal = low_known ? high : low;
  else if (as_boolean(high, high_known))
    equal = high_known ? low : high;
  else
    equal = program_.add({DType::boolean, BinaryValue{BinaryOp::logical_and, low, high}});
  if (op == BinaryOp::eq) return equal;
  if (bool known; as_boolean(equal, known)) return boolean(!known);
  return program_.add({DType::boolean, UnaryValue{te::UnaryOp::logical_not, equal}});
}

ValueId Translator::non_negative(const AffineExpr& index) {
  const Range range = program_.indices.range(index);
  if (range.low >= 0) return boolean(true);
  if (range.high < 0) return boolean(false);
  return program_.add({DType::boolean, NonNegative{index}});
}

ValueId Translator::boolean(bool value) { return program_.add({DType::boolean, ConstantValue{std::int64_t{value}}}); }

const bool* Translator::as_boolean(ValueId id, bool& storage) const {
  const auto* constant = std::get_if<ConstantValue>(&program_.value(id).kind);
  if (!constant) return nullptr;
  storage = std::get<std::int64_t>(constant->value) != 0;
  return &storage;
}

}  // namespace tilewright::loop
