#include "ops/elementwise.h"

#include "base/shape_text.h"
#include "ops/broadcast.h"
#include "ops/check.h"

namespace tilewright::ops {
namespace {

using te::BinaryOp;
using te::Expr;
using te::Tensor;
using te::UnaryOp;

template <class F>
Tensor map(const Tensor& x, std::string name, const F& f) {
  return te::compute(x.shape(), std::move(name),
                     [&](std::span<const Expr> at) { return f(x(std::vector<Expr>(at.begin(), at.end()))); });
}

/// The element of the vector `v` [c] that belongs to position `at` of x along `axis`.
void require_channel_vector(std::string_view op, const Tensor& v, const Tensor& x, int axis) {
  require(v.rank() == 1 && v.dim(0) == x.dim(axis), "{}: {} has shape {}, expected {} (dimension {} of {})", op,
          v->name, shape_text(v.shape()), x.dim(axis), axis, shape_text(x.shape()));
  require_same_type(op, x, v);
}

bool fits(BinaryOp op, DType type) {
  const bool logical = op == BinaryOp::logical_and || op == BinaryOp::logical_or;
  if (logical) return type == DType::boolean;
  if (op == BinaryOp::eq || op == BinaryOp::ne) return true;
  if (type == DType::boolean) return false;
  if (op == BinaryOp::floor_div || op == BinaryOp::floor_mod || te::is_bitwise(op)) return !is_float(type);
  return (op != BinaryOp::pow && op != BinaryOp::fmod) || is_float(type);
}

bool fits(UnaryOp op, DType type) {
  if (op == UnaryOp::logical_not) return type == DType::boolean;
  if (is_float(type)) return true;
  return type != DType::boolean && (op == UnaryOp::neg || op == UnaryOp::abs);
}

}  // namespace

Tensor unary(UnaryOp op, const Tensor& x, std::string name) {
  require(fits(op, x.type()), "{}: not defined for {}, the type of {}", name, to_text(x.type()), x->name);
  return map(x, std::move(name), [&](const Expr& e) { return te::unary(op, e); });
}

Tensor binary(BinaryOp op, const Tensor& a, const Tensor& b, std::string name) {
  require_same_type(name, a, b);
  require(fits(op, a.type()), "{}: not defined for {}, the type of {} and {}", name, to_text(a.type()), a->name,
          b->name);
  const Shape shape = broadcast_shape(name, a.shape(), b.shape());
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        return te::binary(op, load_broadcast(a, shape, at), load_broadcast(b, shape, at));
      },
      axis_names("ax", shape.size()));
}

Tensor add(const Tensor& a, const Tensor& b, std::string name) { return binary(BinaryOp::add, a, b, std::move(name)); }
Tensor multiply(const Tensor& a, const Tensor& b, std::string name) {
  return binary(BinaryOp::mul, a, b, std::move(name));
}

Tensor relu(const Tensor& x, std::string name) {
  require(x.type() != DType::boolean, "relu: {} is bool, expected numbers", x->name);
  return map(x, std::move(name), [&](const Expr& e) { return te::max(e, te::constant(x.type(), 0)); });
}

Tensor clip(const Tensor& x, double low, double high, std::string name) {
  require_float("clip", x);
  return map(x, std::move(name), [&](const Expr& e) {
    return te::min(te::max(e, te::constant(x.type(), low)), te::constant(x.type(), high));
  });
}

Tensor leaky_relu(const Tensor& x, double slope, std::string name) {
  require_float("leaky_relu", x);
  return map(x, std::move(name), [&](const Expr& e) {
    const Expr positive = te::binary(BinaryOp::gt, e, te::constant(x.type(), 0));
    return te::select(positive, e, e * te::constant(x.type(), slope));
  });
}

Tensor bias_add(const Tensor& x, const Tensor& bias, int axis, std::string name) {
  const int dimension = normalize_axis("bias_add", axis, x.rank());
  require_channel_vector("bias_add", bias, x, dimension);
  return te::compute(
      x.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        return x(std::vector<Expr>(at.begin(), at.end())) + bias(at[static_cast<std::size_t>(dimension)]);
      },
      axis_names("ax", x.shape().size()));
}

Tensor batch_norm(const Tensor& x, const BatchNormInputs& in, double epsilon, int axis, std::string name) {
  require_float("batch_norm", x);
  const int dimension = normalize_axis("batch_norm", axis, x.rank());
  for (const Tensor& v : {in.mean, in.variance, in.gamma, in.beta})
    require_channel_vector("batch_norm", v, x, dimension);
  require(epsilon >= 0, "batch_norm: epsilon {} must not be negative", epsilon);

  const Tensor scale = te::compute(in.gamma.shape(), "bn_scale", [&](std::span<const Expr> c) {
    return in.gamma(c[0]) * te::unary(UnaryOp::rsqrt, in.variance(c[0]) + te::constant(x.type(), epsilon));
  });
  const Tensor shift = te::compute(in.beta.shape(), "bn_shift", [&](std::span<const Expr> c) {
    return in.beta(c[0]) - in.mean(c[0]) * scale(c[0]);
  });
  return te::compute(
      x.shape(), std::move(name),
      [&](std::span<const Expr> at) {
        const Expr& c = at[static_cast<std::size_t>(dimension)];
        return x(std::vector<Expr>(at.begin(), at.end())) * scale(c) + shift(c);
      },
      axis_names("ax", x.shape().size()));
}

Tensor where(const Tensor& condition, const Tensor& on_true, const Tensor& on_false, std::string name) {
  require(condition.type() == DType::boolean, "where: {} is {}, expected bool", condition->name,
          to_text(condition.type()));
  require_same_type("where", on_true, on_false);
  const Shape shape =
      broadcast_shape("where", condition.shape(), broadcast_shape("where", on_true.shape(), on_false.shape()));
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        return te::select(load_broadcast(condition, shape, at), load_broadcast(on_true, shape, at),
                          load_broadcast(on_false, shape, at));
      },
      axis_names("ax", shape.size()));
}

Tensor cast(DType type, const Tensor& x, std::string name) {
  return map(x, std::move(name), [&](const Expr& e) { return te::cast(type, e); });
}

}  // namespace tilewright::ops
