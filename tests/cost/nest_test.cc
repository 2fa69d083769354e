#include "cost/analytic/nest.h"

#include <gtest/gtest.h>

#include "cost/programs.h"

namespace tilewright::cost {
namespace {

te::DagRef elementwise(const std::function<te::Expr(te::Expr, te::Expr)>& f) {
  const te::Tensor x = te::placeholder({64}, "x"), y = te::placeholder({64}, "y");
  return te::Dag::make(
      {x, y, te::compute({64}, "z", [&](std::span<const te::Expr> i) { return f(x(i[0]), y(i[0])); })});
}

OpCount ops_of(const te::DagRef& dag) {
  const loop::Program program = lowered(schedule::State::initial(dag));
  return flatten(program).leaves.at(0).ops;
}

TEST(Nest, CountsAProductThatIsAddedAsOneOperation) {
  const OpCount ops = ops_of(elementwise([](te::Expr x, te::Expr y) { return x * y + x; }));
  EXPECT_EQ(ops.fused, 1);
  EXPECT_EQ(ops.simple, 0);
}

TEST(Nest, ChargesMathFunctionsAndDivisionsMoreThanArithmetic) {
  const OpCount exp = ops_of(elementwise([](te::Expr x, te::Expr y) { return te::unary(te::UnaryOp::exp, x) + y; }));
  const OpCount quotient = ops_of(elementwise([](te::Expr x, te::Expr y) { return x / y; }));
  EXPECT_GT(exp.slow, quotient.slow);
  EXPECT_GT(quotient.slow, 1);
}

TEST(Nest, KeepsLoopsInOrderWithTheirTrips) {
  const loop::Program program = lowered_matmul(128, 128, 64, {});
  const Nest nest = flatten(program);
  for (std::size_t l = 1; l < nest.loops.size(); ++l) {
    const NestLoop& loop = nest.loops[l];
    ASSERT_LT(loop.parent, static_cast<int>(l));
    const NestLoop& outer = nest.loops[static_cast<std::size_t>(loop.parent)];
    EXPECT_EQ(loop.depth, outer.depth + 1);
    EXPECT_EQ(loop.trips, outer.trips * static_cast<double>(loop.extent));
  }
  ASSERT_EQ(nest.leaves.size(), 3u);  // init, update, copy
  EXPECT_FALSE(nest.leaves[0].update);
  EXPECT_TRUE(nest.leaves[1].update);
  EXPECT_EQ(nest.loops[static_cast<std::size_t>(nest.leaves[1].loop)].trips, 128 * 128 * 64);
}

TEST(Nest, SharesTripsBetweenTheSidesOfABranch) {
  const te::Tensor x = te::placeholder({62}, "x");
  const te::Tensor padded = te::compute({64}, "y", [&](std::span<const te::Expr> i) {
    return te::select(i[0] >= te::Expr(1) && i[0] < te::Expr(63), x(i[0] - te::Expr(1)), te::Expr(0.0F));
  });
  const loop::Program program = lowered(schedule::State::initial(te::Dag::make({x, padded})));
  const Nest nest = flatten(program);
  double elements = 0;
  for (const Leaf& leaf : nest.leaves) elements += nest.loops[static_cast<std::size_t>(leaf.loop)].trips * leaf.share;
  EXPECT_EQ(elements, 64);
}

}  // namespace
}  // namespace tilewright::cost
