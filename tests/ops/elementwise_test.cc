#include "ops/elementwise.h"

#include <cmath>

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::BinaryOp;
using te::placeholder;
using te::Tensor;
using te::UnaryOp;

Grid mapped(const Grid& x, double (*f)(double)) {
  Grid y = x;
  for (double& v : y.values) v = f(v);
  return y;
}

TEST(Unary, ComputesEveryMathFunction) {
  struct Case {
    UnaryOp op;
    double (*f)(double);
  };
  const Case cases[] = {
      {UnaryOp::neg, [](double v) { return -v; }},
      {UnaryOp::abs, [](double v) { return v < 0 ? -v : v; }},
      {UnaryOp::exp, [](double v) { return std::exp(v); }},
      {UnaryOp::log, [](double v) { return std::log(v); }},
      {UnaryOp::sqrt, [](double v) { return std::sqrt(v); }},
      {UnaryOp::rsqrt, [](double v) { return 1 / std::sqrt(v); }},
      {UnaryOp::tanh, [](double v) { return std::tanh(v); }},
      {UnaryOp::sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }},
      {UnaryOp::erf, [](double v) { return std::erf(v); }},
      {UnaryOp::sin, [](double v) { return std::sin(v); }},
      {UnaryOp::cos, [](double v) { return std::cos(v); }},
      {UnaryOp::tan, [](double v) { return std::tan(v); }},
      {UnaryOp::atan, [](double v) { return std::atan(v); }},
      {UnaryOp::sinh, [](double v) { return std::sinh(v); }},
      {UnaryOp::cosh, [](double v) { return std::cosh(v); }},
      {UnaryOp::asinh, [](double v) { return std::asinh(v); }},
      {UnaryOp::floor, [](double v) { return std::floor(v); }},
      {UnaryOp::ceil, [](double v) { return std::ceil(v); }},
      {UnaryOp::round, [](double v) { return std::nearbyint(v); }},
  };
  for (const Case& c : cases) {
    const Tensor x = placeholder({5, 7}, "x");
    const bool positive = c.op == UnaryOp::log || c.op == UnaryOp::sqrt || c.op == UnaryOp::rsqrt;
    expect_computes(
        {x}, unary(c.op, x), [&](auto& in) { return mapped(in[0], c.f); },
        [&](auto& arrays) {
          for (double& v : arrays[0].values) v = positive ? std::abs(v) + 0.125 : v;
        });
  }
}

/// `f` over two operands of any broadcastable shapes.
Grid combined(Grid& a, Grid& b, double (*f)(double, double)) {
  const std::size_t rank = std::max(a.shape.size(), b.shape.size());
  Shape shape(rank, 1);
  for (Grid* g : {&a, &b})
    for (std::size_t d = 0; d < g->shape.size(); ++d) {
      std::int64_t& extent = shape[rank - g->shape.size() + d];
      extent = std::max(extent, g->shape[d]);
    }
  Grid y(shape);
  for_each_index(shape, [&](const auto& at) {
    const auto own = [&](const Grid& g) {
      std::vector<std::int64_t> index(at.end() - static_cast<std::ptrdiff_t>(g.shape.size()), at.end());
      for (std::size_t d = 0; d < index.size(); ++d) index[d] = g.shape[d] == 1 ? 0 : index[d];
      return index;
    };
    y.at(at) = f(a.at(own(a)), b.at(own(b)));
  });
  return y;
}

TEST(Binary, BroadcastsLikeNumPy) {
  struct Case {
    BinaryOp op;
    double (*f)(double, double);
  };
  const Case cases[] = {
      {BinaryOp::add, [](double a, double b) { return a + b; }},
      {BinaryOp::sub, [](double a, double b) { return a - b; }},
      {BinaryOp::mul, [](double a, double b) { return a * b; }},
      {BinaryOp::div, [](double a, double b) { return a / b; }},
      {BinaryOp::min, [](double a, double b) { return std::min(a, b); }},
      {BinaryOp::max, [](double a, double b) { return std::max(a, b); }},
      {BinaryOp::lt, [](double a, double b) { return a < b ? 1.0 : 0.0; }},
      {BinaryOp::eq, [](double a, double b) { return a == b ? 1.0 : 0.0; }},
  };
  const std::pair<Shape, Shape> shapes[] = {{{3, 5}, {3, 5}}, {{3, 5}, {5}},       {{3, 1}, {1, 5}},
                                            {{}, {2, 3}},     {{2, 3, 4}, {3, 1}}, {{1}, {1, 1}}};
  for (const Case& c : cases)
    for (const auto& [left, right] : shapes) {
      const Tensor a = placeholder(left, "a"), b = placeholder(right, "b");
      expect_computes({a, b}, binary(c.op, a, b), [&](auto& in) { return combined(in[0], in[1], c.f); });
    }
}

TEST(Binary, WorksOnIntegersAndBooleans) {
  const Tensor a = placeholder({6}, "a", DType::i32), b = placeholder({6}, "b", DType::i32);
  expect_computes(
      {a, b}, binary(BinaryOp::floor_mod, a, b),
      [](auto& in) { return combined(in[0], in[1], [](double x, double y) { return x - y * std::floor(x / y); }); },
      [](auto& arrays) { arrays[1].integers = {1, 2, 3, 4, 5, 6}; });
  const Tensor p = placeholder({6}, "p", DType::boolean), q = placeholder({6}, "q", DType::boolean);
  expect_computes({p, q}, binary(BinaryOp::logical_or, p, q),
                  [](auto& in) { return combined(in[0], in[1], [](double x, double y) { return std::max(x, y); }); });
}

TEST(Activations, EqualTheirDefinitions) {
  const Tensor x = placeholder({4, 9}, "x");
  expect_computes({x}, relu(x), [](auto& in) { return mapped(in[0], [](double v) { return std::max(v, 0.0); }); });
  expect_computes({x}, clip(x, -0.25, 0.5),
                  [](auto& in) { return mapped(in[0], [](double v) { return std::min(std::max(v, -0.25), 0.5); }); });
  expect_computes({x}, leaky_relu(x, 0.25),
                  [](auto& in) { return mapped(in[0], [](double v) { return v > 0 ? v : v / 4; }); });
}

TEST(BiasAdd, AddsAlongAnyAxis) {
  for (int axis : {-3, -2, -1, 0, 1, 2}) {
    const Tensor x = placeholder({2, 3, 5}, "x");
    const std::size_t d = static_cast<std::size_t>((axis + 3) % 3);
    const Tensor bias = placeholder({x.shape()[d]}, "bias");
    expect_computes({x, bias}, bias_add(x, bias, axis), [&](auto& in) {
      Grid y = in[0];
      for_each_index(y.shape, [&](const auto& at) { y.at(at) += in[1](at[d]); });
      return y;
    });
  }
}

TEST(BatchNorm, NormalisesEachChannel) {
  for (int axis : {1, -1}) {
    const Tensor x = placeholder({2, 3, 4}, "x");
    const std::size_t d = axis == 1 ? 1 : 2;
    const Shape c{x.shape()[d]};
    const BatchNormInputs in{placeholder(c, "mean"), placeholder(c, "variance"), placeholder(c, "gamma"),
                             placeholder(c, "beta")};
    expect_computes(
        {x, in.mean, in.variance, in.gamma, in.beta}, batch_norm(x, in, 0.125, axis),
        [&](auto& grids) {
          Grid y = grids[0];
          for_each_index(y.shape, [&](const auto& at) {
            const std::int64_t k = at[d];
            y.at(at) = (y.at(at) - grids[1](k)) / std::sqrt(grids[2](k) + 0.125) * grids[3](k) + grids[4](k);
          });
          return y;
        },
        [](auto& arrays) {
          for (double& v : arrays[2].values) v = std::abs(v);
        });
  }
}

TEST(Where, ChoosesElementByElement) {
  const Tensor c = placeholder({3, 1}, "c", DType::boolean), a = placeholder({1, 4}, "a"), b = placeholder({3, 4}, "b");
  expect_computes({c, a, b}, where(c, a, b), [](auto& in) {
    Grid y({3, 4});
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 4; ++j) y(i, j) = in[0](i, 0) != 0 ? in[1](0, j) : in[2](i, j);
    return y;
  });
}

TEST(Cast, TruncatesTowardsZero) {
  const Tensor x = placeholder({9}, "x", DType::f32);
  expect_computes(
      {x}, cast(DType::i32, x), [](auto& in) { return mapped(in[0], [](double v) { return std::trunc(v); }); },
      [](auto& arrays) { arrays[0].values = {-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 7.75, -7.75}; });
}

TEST(Elementwise, SaysWhatDoesNotFit) {
  const Tensor x = placeholder({2, 3}, "x"), n = placeholder({2, 3}, "n", DType::i32), v = placeholder({2}, "v");
  EXPECT_EQ(message_of([&] { unary(UnaryOp::exp, n, "exp"); }), "exp: not defined for i32, the type of n");
  EXPECT_EQ(message_of([&] { add(x, n); }), "T_add: x is f32 and n is i32, expected one type");
  EXPECT_EQ(message_of([&] { add(x, v); }),
            "T_add: shapes 2x3 and 2 do not broadcast: 3 against 2, expected equal or 1");
  EXPECT_EQ(message_of([&] { binary(BinaryOp::floor_div, x, x, "div"); }),
            "div: not defined for f32, the type of x and x");
  EXPECT_EQ(message_of([&] { bias_add(x, v); }), "bias_add: v has shape 2, expected 3 (dimension 1 of 2x3)");
  EXPECT_EQ(message_of([&] { bias_add(x, v, 2); }), "bias_add: axis 2 is outside of [-2, 2)");
  EXPECT_EQ(message_of([&] { where(x, x, x); }), "where: x is f32, expected bool");
  EXPECT_EQ(message_of([&] { batch_norm(x, {v, v, v, v}, -1, 0); }), "batch_norm: epsilon -1 must not be negative");
  EXPECT_EQ(message_of([&] { leaky_relu(n, 0.1); }), "leaky_relu: n is i32, expected a float type");
}

}  // namespace
}  // namespace tilewright::ops
