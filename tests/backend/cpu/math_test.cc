// Math functions of compiled kernels against the C library in double precision, NaN and infinity included.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "loop/lower.h"
#include "support/run_kernel.h"
#include "target/host.h"

namespace tilewright {
namespace {

using te::UnaryOp;

/// f of every element, `lanes` at a time.
std::vector<double> apply(UnaryOp op, const std::vector<double>& x, int lanes) {
  const auto n = static_cast<std::int64_t>(x.size());
  const te::Tensor in = te::placeholder({n / lanes, lanes}, "x");
  const te::Tensor out = te::compute({n / lanes, lanes}, "y", [&](auto i) { return te::unary(op, in(i[0], i[1])); });
  const auto dag = te::Dag::make(std::vector<te::Tensor>{in, out});
  const auto state = schedule::State::replay(dag, {schedule::AnnotateStep{1, 1, schedule::Annotation::vectorize}});
  cpu::Compiler compiler(target::host_target());
  runtime::ThreadPool pool({.threads = 1});
  const std::vector<te::Array> inputs{{DType::f32, {n / lanes, lanes}, x}};
  return (*support::run_kernel(compiler, pool, *loop::lower(*state), inputs))[0].values;
}

struct Function {
  UnaryOp op;
  double low, high;
  double (*exact)(double);
  double ulp;  ///< documented bound of libmvec (4), of an exact instruction (1), or what a polynomial was found to keep
};

const Function kFunctions[] = {
    {UnaryOp::exp, -103, 88, [](double v) { return std::exp(v); }, 1.5},  // in line, down to what is not normal
    {UnaryOp::expm1, -20, 20, [](double v) { return std::expm1(v); }, 4},
    {UnaryOp::log1p, -0.9, 100, [](double v) { return std::log1p(v); }, 4},
    {UnaryOp::asin, -1, 1, [](double v) { return std::asin(v); }, 4},
    {UnaryOp::acos, -1, 1, [](double v) { return std::acos(v); }, 4},
    {UnaryOp::atan, -30, 30, [](double v) { return std::atan(v); }, 4},
    {UnaryOp::sinh, -20, 20, [](double v) { return std::sinh(v); }, 4},
    {UnaryOp::cosh, -20, 20, [](double v) { return std::cosh(v); }, 4},
    {UnaryOp::asinh, -100, 100, [](double v) { return std::asinh(v); }, 4},
    {UnaryOp::acosh, 1, 100, [](double v) { return std::acosh(v); }, 4},
    {UnaryOp::atanh, -0.99, 0.99, [](double v) { return std::atanh(v); }, 4},
    {UnaryOp::log, 1e-3, 100, [](double v) { return std::log(v); }, 4},
    {UnaryOp::tanh, -9, 9, [](double v) { return std::tanh(v); }, 4},
    {UnaryOp::erf, -5, 5, [](double v) { return std::erf(v); }, 4},
    {UnaryOp::sqrt, 0, 1e6, [](double v) { return std::sqrt(v); }, 1},
    {UnaryOp::sigmoid, -20, 20, [](double v) { return 1 / (1 + std::exp(-v)); }, 8},
    {UnaryOp::round, -9, 9, [](double v) { return std::nearbyint(v); }, 0},
};

TEST(VectorMath, StaysWithinItsErrorBound) {
  for (const Function& f : kFunctions) {
    for (const int lanes : {1, 5, 16, 48}) {
      std::vector<double> x;
      for (int i = 0; i < 960; ++i) x.push_back(static_cast<float>(f.low + (f.high - f.low) * i / 959));
      const auto y = apply(f.op, x, lanes);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = f.exact(x[i]);
        const double ulp = std::ldexp(1.0, std::max(-126, std::ilogb(exact == 0 ? 1e-38 : exact)) - 23);
        ASSERT_LE(std::fabs(y[i] - exact), (f.ulp + 0.5) * ulp)
            << "function " << static_cast<int>(f.op) << " at " << x[i] << " in " << lanes << " lanes";
      }
    }
  }
}

TEST(VectorMath, PassesOnNanAndInfinity) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> x(16, 0.0);
  x[0] = nan, x[1] = inf, x[2] = -inf;
  const auto exp = apply(UnaryOp::exp, x, 16), tanh = apply(UnaryOp::tanh, x, 16);
  EXPECT_TRUE(std::isnan(exp[0]));
  EXPECT_EQ(exp[1], inf);
  EXPECT_EQ(exp[2], 0);
  EXPECT_TRUE(std::isnan(tanh[0]));
  EXPECT_EQ(tanh[1], 1);
  EXPECT_EQ(tanh[2], -1);
}

TEST(Maximum, PassesOnNanFromEitherSideAndAgainstAConstant) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const te::Tensor a = te::placeholder({16}, "a"), b = te::placeholder({16}, "b");
  const te::Tensor both = te::compute({16}, "both", [&](auto i) { return te::max(a(i[0]), b(i[0])); });
  const te::Tensor relu =
      te::compute({16}, "relu", [&](auto i) { return te::max(a(i[0]), te::constant(DType::f32, 0)); });
  const te::Tensor lost =
      te::compute({16}, "lost", [&](auto i) { return te::max(te::constant(DType::f32, nan), b(i[0])); });
  const auto dag = te::Dag::make(std::vector<te::Tensor>{a, b, both, relu, lost});
  std::vector<double> x(16, -1.0), y(16, 2.0);
  x[0] = nan, y[1] = nan;
  cpu::Compiler compiler(target::host_target());
  runtime::ThreadPool pool({.threads = 1});
  const std::vector<te::Array> inputs{{DType::f32, {16}, x}, {DType::f32, {16}, y}};
  for (const bool vectorized : {false, true}) {
    schedule::State state = schedule::State::initial(dag);
    for (const int s : {2, 3, 4}) {
      if (!vectorized) continue;
      ASSERT_TRUE(static_cast<bool>(state.apply(schedule::AnnotateStep{s, 0, schedule::Annotation::vectorize})));
    }
    const auto out = *support::run_kernel(compiler, pool, *loop::lower(state), inputs);
    EXPECT_TRUE(std::isnan(out[0].values[0]));
    EXPECT_TRUE(std::isnan(out[0].values[1]));
    EXPECT_EQ(out[0].values[2], 2);
    EXPECT_TRUE(std::isnan(out[1].values[0]));
    EXPECT_EQ(out[1].values[2], 0);
    EXPECT_TRUE(std::isnan(out[2].values[2]));
  }
}

TEST(Maximum, OfAConstantThatIsNanIsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const te::Tensor a = te::placeholder({16}, "a");
  const te::Tensor most =
      te::compute({16}, "most", [&](auto i) { return te::max(a(i[0]), te::constant(DType::f32, nan)); });
  const auto dag = te::Dag::make(std::vector<te::Tensor>{a, most});
  cpu::Compiler compiler(target::host_target());
  runtime::ThreadPool pool({.threads = 1});
  const std::vector<te::Array> inputs{{DType::f32, {16}, std::vector<double>(16, 1.0)}};
  const auto out = *support::run_kernel(compiler, pool, *loop::lower(schedule::State::initial(dag)), inputs);
  for (const double value : out[0].values) EXPECT_TRUE(std::isnan(value));
}

}  // namespace
}  // namespace tilewright
