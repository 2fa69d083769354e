#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/dtype.h"
#include "base/match.h"
#include "base/number.h"

namespace tilewright::te {

struct ExprNode;
class Tensor;

/// An axis of a compute operation: spatial (one per output dimension) or a reduction axis. Identity is the pointer.
struct Axis {
  std::string name;
  std::int64_t extent;  ///< iterations; the axis runs from 0 to extent - 1
  bool reduce = false;
};
using AxisRef = std::shared_ptr<const Axis>;
AxisRef make_axis(std::string name, std::int64_t extent);
AxisRef reduce_axis(std::int64_t extent, std::string name);

/// A shared handle to an immutable expression. Copies are cheap and safe across threads.
class Expr {
 public:
  Expr() = default;
  Expr(int value);            ///< an i32 constant
  Expr(std::int64_t value);   ///< an i64 constant
  Expr(float value);          ///< an f32 constant
  Expr(double value);         ///< an f64 constant
  Expr(const AxisRef& axis);  ///< the index of an axis, i32
  explicit Expr(ExprNode node);
  const ExprNode& operator*() const { return *node_; }
  const ExprNode* operator->() const { return node_.get(); }
  explicit operator bool() const { return node_ != nullptr; }
  DType type() const;
  /// Pointer identity: true when a rewrite returned its input untouched.
  friend bool same(const Expr& a, const Expr& b) { return a.node_ == b.node_; }

 private:
  std::shared_ptr<const ExprNode> node_;
};

enum class BinaryOp : std::uint8_t {
  add,
  sub,
  mul,
  div,  ///< div: float division, or integer division that truncates
  floor_div,
  floor_mod,  ///< integers only; round towards minus infinity. What divisors of 0 give: te/fold.h
  min,
  max,
  pow,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,  ///< result bool
  logical_and,
  logical_or,  ///< bool, and lazy: the right side is not evaluated when the left decides
  fmod,        ///< floats only: the exact rest of a division that truncates; it has the sign of the left side
  bit_and,
  bit_or,
  bit_xor,  ///< integers only
};
/// Of booleans to a boolean.
constexpr bool is_logical(BinaryOp op) { return op == BinaryOp::logical_and || op == BinaryOp::logical_or; }
/// Of integers, bit by bit.
constexpr bool is_bitwise(BinaryOp op) {
  return op == BinaryOp::bit_and || op == BinaryOp::bit_or || op == BinaryOp::bit_xor;
}
enum class UnaryOp : std::uint8_t {
  neg,
  abs,
  logical_not,
  exp,
  log,
  sqrt,
  rsqrt,
  tanh,
  sigmoid,
  erf,
  sin,
  cos,
  tan,
  floor,
  ceil,
  round,  ///< round: half to even
  expm1,  ///< e^x - 1, exact near 0
  log1p,  ///< log(1 + x), exact near 0
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
};
enum class Combiner : std::uint8_t { sum, max, min, prod };

struct Constant {
  Number value;  ///< of the node's type
};
struct AxisIndex {
  AxisRef axis;
};
struct Unary {
  UnaryOp op;
  Expr a;
};
struct Binary {
  BinaryOp op;
  Expr a, b;
};
/// Lazy: the branch not taken is not evaluated, so it may guard an access that is out of bounds.
struct Select {
  Expr condition, on_true, on_false;
};
struct Cast {
  Expr a;
};
struct Load {
  std::shared_ptr<const struct Operation> tensor;
  std::vector<Expr> indices;  ///< one per dimension, integers
};
/// Combines `source` over `axes`; stands only at the root of a compute body.
struct Reduce {
  Combiner combiner;
  Expr source;
  std::vector<AxisRef> axes;
};

struct ExprNode {
  DType type;
  std::variant<Constant, AxisIndex, Unary, Binary, Select, Cast, Load, Reduce> kind;
};

/// Calls the one case that fits the node. A node kind without a case does not compile.
template <class... Cases>
decltype(auto) match(const Expr& e, Cases&&... cases) {
  return match_variant((*e).kind, std::forward<Cases>(cases)...);
}
/// The node as `Node`, or null.
template <class Node>
const Node* as(const Expr& e) {
  return std::get_if<Node>(&(*e).kind);
}

/// Applies `f` to each direct child in order. Returns `e` itself when every child came back unchanged.
template <class F>
Expr map_children(const Expr& e, F&& f);
/// Calls `f` on each direct child in order (indices of a load included).
template <class F>
void for_each_child(const Expr& e, F&& f);
/// Every load in `e`, in post-order, left to right (the order of SPEC §1.1).
std::vector<const Load*> loads_of(const Expr& e);
/// Replaces axes by expressions.
Expr substitute(const Expr& e, const std::vector<std::pair<const Axis*, Expr>>& replacements);
/// The expression as text, like "(A[i, k] * B[k, j])".
std::string to_text(const Expr& e);
/// The operation applied to operands that are text already: "(a + b)", "tir.exp(a)".
std::string to_text(UnaryOp op, const std::string& a);
std::string to_text(BinaryOp op, const std::string& a, const std::string& b);

/// Floats: the nearest value of the type. Errors: InternalError when an integer type does not hold the value.
Expr constant(DType type, const Number& value);
Expr integer(std::int64_t value, DType type = DType::i32);
Expr unary(UnaryOp op, Expr a);
/// Both sides must have one type; an integer constant adapts to the other side's type.
Expr binary(BinaryOp op, Expr a, Expr b);
Expr select(Expr condition, Expr on_true, Expr on_false);
Expr cast(DType type, Expr a);
Expr reduce(Combiner combiner, Expr source, std::vector<AxisRef> axes);
inline Expr sum(Expr source, std::vector<AxisRef> axes) {
  return reduce(Combiner::sum, std::move(source), std::move(axes));
}
Expr max(Expr a, Expr b);
Expr min(Expr a, Expr b);
Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator<(Expr a, Expr b);
Expr operator>=(Expr a, Expr b);
Expr operator&&(Expr a, Expr b);
Expr floor_div(Expr a, Expr b);
Expr floor_mod(Expr a, Expr b);

/// What a reduction starts from: 0, the lowest or the highest value of the type (-inf and inf for floats), 1.
Expr identity(Combiner combiner, DType type);
/// What a combiner does with two values.
BinaryOp operation_of(Combiner combiner);
/// `a` combined with `b`.
Expr combine(Combiner combiner, Expr a, Expr b);

template <class F>
Expr map_children(const Expr& e, F&& f) {
  bool changed = false;
  auto visit = [&](Expr& child) {
    Expr next = f(std::as_const(child));
    changed = changed || !same(next, child);
    child = std::move(next);
  };
  ExprNode node = *e;
  match_variant(
      node.kind, [](Constant&) {}, [](AxisIndex&) {}, [&](Unary& n) { visit(n.a); },
      [&](Binary& n) { visit(n.a), visit(n.b); },
      [&](Select& n) { visit(n.condition), visit(n.on_true), visit(n.on_false); }, [&](Cast& n) { visit(n.a); },
      [&](Load& n) {
        for (Expr& index : n.indices) visit(index);
      },
      [&](Reduce& n) { visit(n.source); });
  return changed ? Expr(std::move(node)) : e;
}

template <class F>
void for_each_child(const Expr& e, F&& f) {
  match(
      e, [](const Constant&) {}, [](const AxisIndex&) {}, [&](const Unary& n) { f(n.a); },
      [&](const Binary& n) { f(n.a), f(n.b); }, [&](const Select& n) { f(n.condition), f(n.on_true), f(n.on_false); },
      [&](const Cast& n) { f(n.a); },
      [&](const Load& n) {
        for (const Expr& index : n.indices) f(index);
      },
      [&](const Reduce& n) { f(n.source); });
}

}  // namespace tilewright::te
