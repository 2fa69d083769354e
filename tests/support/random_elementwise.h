#pragma once

#include "support/random_ops.h"

namespace tilewright::support {

/// Functions that are smooth on all of f32, or on the interval that `x` is clipped to first.
inline RandomTensor random_math(RandomSource& s, const RandomTensor& x) {
  using te::UnaryOp;
  struct Function {
    UnaryOp op;
    double low, high;  ///< clip to here first
    double from, to;   ///< bounds of the result; 0, 0: those of x
  };
  constexpr double kAll = 1e30;
  const Function f = s.pick<Function>({{UnaryOp::exp, -4, 4, 0, 55},
                                       {UnaryOp::log, 0.25, 8, -1.4, 2.1},
                                       {UnaryOp::sqrt, 0.25, 8, 0.5, 2.9},
                                       {UnaryOp::rsqrt, 0.25, 8, 0.35, 2},
                                       {UnaryOp::tanh, -kAll, kAll, -1, 1},
                                       {UnaryOp::sigmoid, -kAll, kAll, 0, 1},
                                       {UnaryOp::erf, -kAll, kAll, -1, 1},
                                       {UnaryOp::sin, -8, 8, -1, 1},
                                       {UnaryOp::cos, -8, 8, -1, 1},
                                       {UnaryOp::tan, -1, 1, -1.6, 1.6},
                                       {UnaryOp::asin, -0.9, 0.9, -1.2, 1.2},
                                       {UnaryOp::acos, -0.9, 0.9, 0.4, 2.7},
                                       {UnaryOp::atan, -kAll, kAll, -1.6, 1.6},
                                       {UnaryOp::sinh, -4, 4, -28, 28},
                                       {UnaryOp::cosh, -4, 4, 1, 28},
                                       {UnaryOp::asinh, -8, 8, -2.8, 2.8},
                                       {UnaryOp::acosh, 1.25, 8, 0.6, 2.8},
                                       {UnaryOp::atanh, -0.9, 0.9, -1.5, 1.5},
                                       {UnaryOp::neg, -kAll, kAll, 0, 0},
                                       {UnaryOp::abs, -kAll, kAll, 0, 0}});
  const RandomTensor in = s.clipped(x, f.low, f.high);
  RandomTensor out{ops::unary(f.op, in.tensor, s.name("math")), f.from, f.to, false};
  if (f.from == f.to) out.low = -in.magnitude(), out.high = in.magnitude(), out.exact = in.exact;
  return out;
}

/// floor, ceil, round, integers and comparisons: only of values that every kernel computes exactly.
inline MaybeTensor random_step_function(RandomSource& s, const RandomTensor& x) {
  if (!x.exact || !is_f32(x)) return std::nullopt;
  switch (s.rng().below(3)) {
    case 0: {
      const te::UnaryOp op = s.pick({te::UnaryOp::floor, te::UnaryOp::ceil, te::UnaryOp::round});
      return RandomTensor{ops::unary(op, x.tensor, s.name("round")), std::floor(x.low), std::ceil(x.high), true};
    }
    case 1:
      return RandomTensor{ops::cast(DType::i32, x.tensor, s.name("cast")), std::trunc(x.low), std::trunc(x.high), true};
    default: {
      const te::BinaryOp op = s.pick(
          {te::BinaryOp::lt, te::BinaryOp::le, te::BinaryOp::gt, te::BinaryOp::ge, te::BinaryOp::eq, te::BinaryOp::ne});
      const RandomTensor other = s.broadcast_input(x.tensor.shape());
      const te::Tensor holds = ops::binary(op, x.tensor, other.tensor, s.name("compare"));
      return RandomTensor{ops::where(holds, x.tensor, s.broadcast_input(x.tensor.shape()).tensor, s.name("where")),
                          std::min(x.low, -1.0), std::max(x.high, 1.0), true};
    }
  }
}

inline RandomTensor random_integer_step(RandomSource& s, const RandomTensor& x) {
  if (s.rng().chance(0.4))
    return {ops::cast(DType::f32, x.tensor, s.name("cast")), x.low, x.high, x.magnitude() < 0x1p24};
  const RandomTensor other = s.broadcast_input(x.tensor.shape(), DType::i32);
  const te::BinaryOp op = s.pick({te::BinaryOp::add, te::BinaryOp::sub, te::BinaryOp::min, te::BinaryOp::max});
  const double m = x.magnitude() + other.magnitude();
  return {ops::binary(op, x.tensor, other.tensor, s.name("integer")), -m, m, true};
}

inline MaybeTensor random_binary(RandomSource& s, const RandomTensor& x) {
  if (!is_f32(x)) return std::nullopt;
  RandomTensor other = s.broadcast_input(x.tensor.shape());
  const double m = x.magnitude() + 1;
  switch (s.rng().below(7)) {
    case 0:
      return of_sum(ops::add(x.tensor, other.tensor, s.name("add")), m);
    case 1:
      return of_sum(ops::binary(te::BinaryOp::sub, other.tensor, x.tensor, s.name("sub")), m);
    case 2:
      return of_sum(ops::multiply(x.tensor, other.tensor, s.name("mul")), m);
    case 3: {
      other = s.clipped(other, 0.5, 1);
      return of_sum(ops::binary(te::BinaryOp::div, x.tensor, other.tensor, s.name("div")), 2 * m);
    }
    case 4: {
      const RandomTensor base = s.clipped(x, 0.25, 4);
      return of_sum(ops::binary(te::BinaryOp::pow, base.tensor, other.tensor, s.name("pow")), 4);
    }
    case 5:
      return RandomTensor{ops::binary(te::BinaryOp::max, x.tensor, other.tensor, s.name("max")), -m, m, x.exact};
    default:
      return RandomTensor{ops::binary(te::BinaryOp::min, x.tensor, other.tensor, s.name("min")), -m, m, x.exact};
  }
}

inline MaybeTensor random_activation(RandomSource& s, const RandomTensor& x) {
  if (!is_f32(x)) return std::nullopt;
  switch (s.rng().below(4)) {
    case 0:
      return RandomTensor{ops::relu(x.tensor, s.name("relu")), 0, std::max(x.high, 0.0), x.exact};
    case 1:
      return RandomTensor{ops::leaky_relu(x.tensor, 0.125, s.name("leaky")), x.low, x.high, x.exact};
    case 2:
      return RandomTensor{ops::clip(x.tensor, 0, 6, s.name("relu6_")), 0, 6, x.exact};
    default:
      return random_math(s, x);
  }
}

inline MaybeTensor random_batch_norm(RandomSource& s, const RandomTensor& x) {
  if (x.rank() < 1 || !is_f32(x)) return std::nullopt;
  const int axis = s.rng().chance(0.7) ? x.rank() - 1 : static_cast<int>(s.rng().below(x.rank()));
  const ops::Shape channels{x.tensor.dim(axis)};
  const te::Tensor variance = ops::unary(te::UnaryOp::abs, s.input(channels).tensor, s.name("variance"));
  const ops::BatchNormInputs in{.mean = s.input(channels).tensor,
                                .variance = variance,
                                .gamma = s.input(channels).tensor,
                                .beta = s.input(channels).tensor};
  return of_sum(ops::batch_norm(x.tensor, in, 0.25, axis, s.name("bn")), 2 * x.magnitude() + 3);
}

/// What follows a convolution or product in a network: bias or batch norm, maybe a residual, an activation.
inline MaybeTensor random_epilogue(RandomSource& s, const RandomTensor& x) {
  if (x.rank() < 1 || !is_f32(x)) return std::nullopt;
  RandomTensor y = x;
  if (s.rng().chance(0.3)) {
    y = *random_batch_norm(s, x);
  } else {
    const int axis = s.rng().chance(0.8) ? -1 : static_cast<int>(s.rng().below(x.rank()));
    const te::Tensor bias = s.input({x.tensor.dim(axis < 0 ? x.rank() - 1 : axis)}).tensor;
    y = of_sum(ops::bias_add(x.tensor, bias, axis, s.name("bias")), x.magnitude() + 1);
  }
  if (s.rng().chance(0.4))
    y = of_sum(ops::add(y.tensor, s.input(x.tensor.shape()).tensor, s.name("residual")), y.magnitude() + 1);
  return s.rng().chance(0.8) ? random_activation(s, y) : y;
}

}  // namespace tilewright::support
