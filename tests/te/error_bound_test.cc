#include "te/error_bound.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "support/float_kernel.h"
#include "support/random_dag.h"

namespace tilewright::te {
namespace {

TEST(ErrorBound, HoldsWhatTheInterpreterComputes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Rng rng(seed);
    const DagRef dag = support::random_dag(rng);
    const std::vector<Array> inputs = random_inputs(*dag, seed), plain = interpret(*dag, inputs);
    const std::vector<BoundedArray> bounded = interpret_with_bounds(*dag, inputs);
    for (std::size_t i = 0; i < plain.size(); ++i)
      ASSERT_TRUE(bounded[i].array.values == plain[i].values && bounded[i].array.integers == plain[i].integers)
          << "seed " << seed << "\n"
          << to_text(*dag);
  }
}

TEST(ErrorBound, CoversAKernelInSinglePrecision) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Rng rng(seed);
    const DagRef dag = support::random_dag(rng);
    const std::vector<Array> inputs = random_inputs(*dag, seed);
    const std::vector<BoundedArray> expected = interpret_with_bounds(*dag, inputs);
    const std::vector<Array> found = support::run_in_floats(*dag, inputs);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::int64_t miss = expected[i].first_mismatch(found[i]);
      const auto at = static_cast<std::size_t>(std::max<std::int64_t>(miss, 0));
      ASSERT_EQ(miss, -1) << "seed " << seed << ": " << to_double(found[i].at(at)) << " against "
                          << to_double(expected[i].array.at(at)) << " within " << expected[i].bound[at] << "\n"
                          << to_text(*dag);
    }
  }
}

TEST(ErrorBound, IsSmallForWellBehavedOperators) {
  int finite = 0, elements = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Rng rng(seed);
    const DagRef dag = support::random_dag(rng);
    for (const BoundedArray& output : interpret_with_bounds(*dag, random_inputs(*dag, seed))) {
      elements += static_cast<int>(output.bound.size());
      for (double bound : output.bound) finite += bound < 1e-2 ? 1 : 0;
    }
  }
  EXPECT_GT(finite, elements * 99 / 100);
}

TEST(ErrorBound, CatchesAForgottenTerm) {
  const Tensor a = placeholder({8, 512}, "a"), b = placeholder({512, 8}, "b");
  const AxisRef all = reduce_axis(512, "k"), short_of_one = reduce_axis(511, "k");
  const auto product = [&](const AxisRef& k) {
    return Dag::make(
        {a, b, compute({8, 8}, "c", [&](std::span<const Expr> i) { return sum(a(i[0], k) * b(k, i[1]), {k}); })});
  };
  const std::vector<Array> inputs = random_inputs(*product(all), 1);
  const BoundedArray expected = interpret_with_bounds(*product(all), inputs)[0];
  EXPECT_NE(expected.first_mismatch(interpret(*product(short_of_one), inputs)[0]), -1);
}

TEST(ErrorBound, IsZeroForPureDataMovement) {
  const Tensor x = placeholder({4, 4}, "x");
  const DagRef dag = Dag::make({x, compute({4, 4}, "y", [&](std::span<const Expr> i) { return x(i[1], i[0]); })});
  const std::vector<double> bounds = interpret_with_bounds(*dag, random_inputs(*dag, 1))[0].bound;
  EXPECT_EQ(bounds, std::vector<double>(16));
}

TEST(ErrorBound, SaysNothingAboutAQuotientByWhatMayBeZero) {
  const Tensor x = placeholder({1}, "x");
  const Tensor zero = compute({1}, "zero", [&](std::span<const Expr> i) { return x(i[0]) * 3 - x(i[0]) * 3; });
  const DagRef dag = Dag::make({x, compute({1}, "y", [&](std::span<const Expr> i) { return 1 / zero(i[0]); })});
  EXPECT_TRUE(std::isinf(interpret_with_bounds(*dag, random_inputs(*dag, 1))[0].bound[0]));
}

}  // namespace
}  // namespace tilewright::te
