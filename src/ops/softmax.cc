#include "ops/softmax.h"

#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::Combiner;
using te::Expr;
using te::Tensor;
using te::UnaryOp;

/// The rows of a tensor along one dimension: what both normalisations are made of.
class Rows {
 public:
  Rows(std::string_view op, const Tensor& x, int axis) : shape_(x.shape()) {
    require_float(op, x);
    require(x.rank() >= 1, "{}: {} is a scalar, expected at least 1 dimension", op, x->name);
    axis_ = static_cast<std::size_t>(normalize_axis(op, axis, x.rank()));
  }

  /// One value a row; `element` is given the position of an element of it.
  template <class F>
  Tensor reduce(Combiner combiner, std::string name, const F& element) const {
    Shape shape = shape_;
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis_));
    const te::AxisRef k = te::reduce_axis(shape_[axis_], "k");
    return te::compute(shape, std::move(name), [&](std::span<const Expr> at) {
      std::vector<Expr> position(at.begin(), at.end());
      position.insert(position.begin() + static_cast<std::ptrdiff_t>(axis_), Expr(k));
      return te::reduce(combiner, element(position), {k});
    });
  }
  /// One value an element.
  template <class F>
  Tensor map(std::string name, const F& element) const {
    return te::compute(shape_, std::move(name),
                       [&](std::span<const Expr> at) { return element(std::vector<Expr>(at.begin(), at.end())); });
  }
  /// The value of `per_row` for the row that `position` lies in.
  Expr of_row(const Tensor& per_row, std::vector<Expr> position) const {
    position.erase(position.begin() + static_cast<std::ptrdiff_t>(axis_));
    return per_row(std::move(position));
  }

 private:
  Shape shape_;
  std::size_t axis_ = 0;
};

}  // namespace

Tensor softmax(const Tensor& x, int axis) {
  using Position = const std::vector<Expr>&;
  const Rows rows("softmax", x, axis);
  const Tensor highest = rows.reduce(Combiner::max, "T_softmax_maxelem", [&](Position at) { return x(at); });
  const Tensor exps =
      rows.map("T_softmax_exp", [&](Position at) { return te::unary(UnaryOp::exp, x(at) - rows.of_row(highest, at)); });
  const Tensor sums = rows.reduce(Combiner::sum, "T_softmax_expsum", [&](Position at) { return exps(at); });
  return rows.map("T_softmax_norm", [&](Position at) { return exps(at) / rows.of_row(sums, at); });
}

Tensor log_softmax(const Tensor& x, int axis) {
  using Position = const std::vector<Expr>&;
  const Rows rows("log_softmax", x, axis);
  const Tensor highest = rows.reduce(Combiner::max, "T_softmax_maxelem", [&](Position at) { return x(at); });
  const Tensor sums = rows.reduce(Combiner::sum, "T_softmax_expsum", [&](Position at) {
    return te::unary(UnaryOp::exp, x(at) - rows.of_row(highest, at));
  });
  return rows.map("T_log_softmax_norm", [&](Position at) {
    return x(at) - rows.of_row(highest, at) - te::unary(UnaryOp::log, rows.of_row(sums, at));
  });
}

}  // namespace tilewright::ops
