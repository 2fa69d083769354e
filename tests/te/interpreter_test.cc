#include "te/interpreter.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace tilewright::te {
namespace {

using Indices = std::span<const Expr>;

/// The values of `body` over `shape`, reading one input, as doubles.
std::vector<double> map(const Array& input, std::vector<std::int64_t> shape,
                        const std::function<Expr(Tensor, Indices)>& body) {
  const Tensor x = placeholder(input.shape, "x", input.type);
  const DagRef dag = Dag::make({x, compute(std::move(shape), "y", [&](Indices i) { return body(x, i); })});
  const Array result = interpret(*dag, std::span(&input, 1))[0];
  return is_float(result.type) ? result.values : std::vector<double>(result.integers.begin(), result.integers.end());
}

TEST(Interpreter, MultipliesMatrices) {
  const Tensor a = placeholder({2, 3}, "a"), b = placeholder({3, 2}, "b");
  const AxisRef k = reduce_axis(3, "k");
  const Tensor c = compute({2, 2}, "c", [&](Indices i) { return sum(a(i[0], k) * b(k, i[1]), {k}); });
  const std::vector<Array> inputs{{DType::f32, {2, 3}, {1, 2, 3, 4, 5, 6}}, {DType::f32, {3, 2}, {1, 0, 0, 1, 2, 2}}};
  EXPECT_EQ(interpret(*Dag::make({a, b, c}), inputs)[0].values, (std::vector<double>{7, 8, 16, 17}));
}

TEST(Interpreter, ReducesByMaximumMinimumAndProductFromTheirIdentities) {
  const Array input{DType::f32, {3}, {-5, -2, -9}};
  const AxisRef k = reduce_axis(3, "k");
  EXPECT_EQ(map(input, {}, [&](Tensor x, Indices) { return reduce(Combiner::max, x(k), {k}); })[0], -2);
  EXPECT_EQ(map(input, {}, [&](Tensor x, Indices) { return reduce(Combiner::min, x(k), {k}); })[0], -9);
  EXPECT_EQ(map(input, {}, [&](Tensor x, Indices) { return reduce(Combiner::prod, x(k), {k}); })[0], -90);
}

TEST(Interpreter, LeavesTheOtherBranchOfASelectAlone) {
  const Array input{DType::f32, {2}, {1, 2}};
  const auto shifted = map(input, {3}, [](Tensor x, Indices i) { return select(i[0] >= 1, x(i[0] - 1), 0.0F); });
  EXPECT_EQ(shifted, (std::vector<double>{0, 1, 2}));
  const auto guarded = map(input, {3}, [](Tensor x, Indices i) {
    return select(i[0] >= 1 && binary(BinaryOp::gt, x(i[0] - 1), 1), 1.0F, 0.0F);
  });
  EXPECT_EQ(guarded, (std::vector<double>{0, 0, 1}));
}

TEST(Interpreter, NamesTheLoadThatIsOutOfBounds) {
  const Array input{DType::f32, {2}, {1, 2}};
  try {
    map(input, {3}, [](Tensor x, Indices i) { return x(i[0]); });
    FAIL();
  } catch (const InternalError& e) {
    EXPECT_NE(std::string(e.what()).find("y at [2]: index 2 of dimension 0 of x is outside of 0..1: x[i0]"),
              std::string::npos)
        << e.what();
  }
}

TEST(Interpreter, RefusesInputsThatDoNotFit) {
  const Tensor x = placeholder({2}, "x");
  const DagRef dag = Dag::make({x, compute({2}, "y", [&](Indices i) { return x(i[0]) + 1; })});
  const std::vector<Array> wrong_shape{{DType::f32, {3}, {1, 2, 3}}}, wrong_type{{DType::f64, {2}, {1, 2}}},
      too_few{{DType::f32, {2}, {1}}};
  EXPECT_THROW(interpret(*dag, {}), InternalError);
  EXPECT_THROW(interpret(*dag, wrong_shape), InternalError);
  EXPECT_THROW(interpret(*dag, wrong_type), InternalError);
  EXPECT_THROW(interpret(*dag, too_few), InternalError);
}

TEST(Interpreter, RoundsOnlyWhenItStores) {
  const Array input{DType::f32, {1}, {0x1p24}};
  const auto kept = map(input, {1}, [](Tensor x, Indices i) { return (x(i[0]) + 1) - x(i[0]); });
  EXPECT_EQ(kept[0], 1);  // an f32 sum would be 0x1p24 again
  const auto stored = map(input, {1}, [](Tensor x, Indices i) { return x(i[0]) + 1; });
  EXPECT_EQ(stored[0], 0x1p24);
}

TEST(Interpreter, WrapsIntegersAndConvertsTypes) {
  const Array bytes{DType::u8, {2}, {200, 7}};
  EXPECT_EQ(map(bytes, {2}, [](Tensor x, Indices i) { return x(i[0]) + 100; }), (std::vector<double>{44, 107}));
  EXPECT_EQ(map(bytes, {2}, [](Tensor x, Indices i) { return cast(DType::i8, x(i[0])); }),
            (std::vector<double>{-56, 7}));
  EXPECT_EQ(map(bytes, {2}, [](Tensor x, Indices i) { return cast(DType::f32, x(i[0])) / 8; }),
            (std::vector<double>{25, 0.875}));
  const Array floats{DType::f32, {2}, {-1.75, 1.75}};
  EXPECT_EQ(map(floats, {2}, [](Tensor x, Indices i) { return cast(DType::i32, x(i[0])); }),
            (std::vector<double>{-1, 1}));
  EXPECT_EQ(map(floats, {2}, [](Tensor x, Indices i) { return cast(DType::bf16, x(i[0]) * 1.00390625F); }),
            (std::vector<double>{-1.7578125, 1.7578125}));
}

TEST(Interpreter, DividesIntegersBothWays) {
  const Array ints{DType::i32, {2}, {-7, 7}};
  EXPECT_EQ(map(ints, {2}, [](Tensor x, Indices i) { return x(i[0]) / 2; }), (std::vector<double>{-3, 3}));
  EXPECT_EQ(map(ints, {2}, [](Tensor x, Indices i) { return floor_div(x(i[0]), 2); }), (std::vector<double>{-4, 3}));
  EXPECT_EQ(map(ints, {2}, [](Tensor x, Indices i) { return floor_mod(x(i[0]), 2); }), (std::vector<double>{1, 1}));
}

TEST(Interpreter, PassesOnNanThroughAMaximum) {
  const Array input{DType::f32, {1}, {std::nan("")}};
  EXPECT_TRUE(std::isnan(map(input, {1}, [](Tensor x, Indices i) { return max(x(i[0]), 0); })[0]));
  EXPECT_TRUE(std::isnan(map(input, {1}, [](Tensor x, Indices i) { return max(0, x(i[0])); })[0]));
}

TEST(Interpreter, RoundsHalvesToEven) {
  const Array input{DType::f32, {4}, {0.5, 1.5, 2.5, -0.5}};
  EXPECT_EQ(map(input, {4}, [](Tensor x, Indices i) { return unary(UnaryOp::round, x(i[0])); }),
            (std::vector<double>{0, 2, 2, 0}));
}

TEST(RandomInputs, FitTheirTypesAndFollowTheSeed) {
  const Tensor x = placeholder({1000}, "x"), n = placeholder({1000}, "n", DType::u8);
  const DagRef dag =
      Dag::make({x, n, compute({1000}, "y", [&](Indices i) { return x(i[0]) + cast(DType::f32, n(i[0])); })});
  const std::vector<Array> inputs = random_inputs(*dag, 1);
  for (double v : inputs[0].values) {
    EXPECT_GE(v, -1);
    EXPECT_LT(v, 1);
    EXPECT_EQ(v, static_cast<double>(static_cast<float>(v)));
  }
  EXPECT_EQ(inputs[1].integers.size(), 1000U);
  for (std::int64_t v : inputs[1].integers) EXPECT_TRUE(v >= 0 && v <= 9) << v;
  EXPECT_EQ(random_inputs(*dag, 1)[0].values, inputs[0].values);
  EXPECT_NE(random_inputs(*dag, 2)[0].values, inputs[0].values);
}

TEST(Tolerance, GrowsWithTheLengthOfSums) {
  const auto of_length = [](std::int64_t n) {
    const Tensor x = placeholder({n}, "x");
    const AxisRef k = reduce_axis(n, "k");
    return tolerance(*Dag::make({x, compute({}, "y", [&](Indices) { return sum(x(k), {k}); })}));
  };
  EXPECT_DOUBLE_EQ(of_length(1000) - of_length(500), 500 * 0x1p-23);
  EXPECT_LT(of_length(1), 1e-6);
}

}  // namespace
}  // namespace tilewright::te
