#include "ops/shape.h"

#include <algorithm>
#include <numeric>

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;
using te::Tensor;

Shape random_shape(Rng& rng, std::int64_t most_dimensions) {
  Shape shape;
  for (std::int64_t d = rng.between(1, most_dimensions); d > 0; --d) shape.push_back(random_extent(rng));
  return shape;
}

TEST(Pad, FillsAroundTheTensor) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const Tensor x = placeholder(random_shape(rng, 4), "x");
    std::vector<std::int64_t> before, after;
    for (std::size_t d = 0; d < x.shape().size(); ++d) before.push_back(rng.below(3)), after.push_back(rng.below(3));
    after[0] += 1;
    expect_computes({x}, pad(x, before, after, te::constant(DType::f32, 9)), [&](auto& in) {
      Shape shape = in[0].shape;
      for (std::size_t d = 0; d < shape.size(); ++d) shape[d] += before[d] + after[d];
      Grid y(shape);
      std::fill(y.values.begin(), y.values.end(), 9);
      for_each_index(in[0].shape, [&](std::vector<std::int64_t> at) {
        const double v = in[0].at(at);
        for (std::size_t d = 0; d < at.size(); ++d) at[d] += before[d];
        y.at(at) = v;
      });
      return y;
    });
  }
}

TEST(Pad, ReturnsItsInputWhenThereIsNothingToAdd) {
  const Tensor x = placeholder({2, 3}, "x");
  EXPECT_EQ(pad(x, {0, 0}, {0, 0}, te::constant(DType::f32, 0)).op(), x.op());
}

TEST(Transpose, MovesDimensions) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Rng rng(seed);
    const Tensor x = placeholder(random_shape(rng, 4), "x");
    std::vector<int> order(x.shape().size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), rng);
    expect_computes({x}, transpose(x, order), [&](auto& in) {
      Shape shape;
      for (int d : order) shape.push_back(in[0].shape[static_cast<std::size_t>(d)]);
      Grid y(shape);
      for_each_index(in[0].shape, [&](const auto& at) {
        std::vector<std::int64_t> to;
        for (int d : order) to.push_back(at[static_cast<std::size_t>(d)]);
        y.at(to) = in[0].at(at);
      });
      return y;
    });
  }
}

Shape random_factors(Rng& rng, std::int64_t n) {
  Shape shape;
  for (std::int64_t i = rng.below(4); i > 0; --i) {
    const std::vector<std::int64_t> choices = divisors(n);
    shape.push_back(choices[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(choices.size())))]);
    n /= shape.back();
  }
  shape.push_back(n);
  return shape;
}

TEST(Reshape, KeepsRowMajorOrder) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Rng rng(seed);
    const std::int64_t elements =
        std::array<std::int64_t, 6>{1, 7, 12, 36, 60, 128}[static_cast<std::size_t>(rng.below(6))];
    const Tensor x = placeholder(random_factors(rng, elements), "x");
    const Shape shape = random_factors(rng, elements);
    expect_computes({x}, reshape(x, shape), [&](auto& in) { return Grid(shape, in[0].values); });
  }
}

TEST(Reshape, WritesIndicesAsShortAsTheyCanBe) {
  struct Case {
    Shape from, to;
    std::string_view text;
  };
  const Case cases[] = {
      {{1, 5, 5, 8}, {1, 25, 8}, "x[ax0, floordiv(ax1, 5), floormod(ax1, 5), ax2]"},
      {{32}, {4, 8}, "x[((ax0*8) + ax1)]"},
      {{6, 4}, {4, 6}, "x[floordiv(((ax0*6) + ax1), 4), floormod(((ax0*6) + ax1), 4)]"},
      {{2, 3}, {2, 3}, "x[ax0, ax1]"},
      {{2, 1, 3}, {2, 3}, "x[ax0, 0, ax1]"},
      {{2, 3}, {2, 1, 3}, "x[ax0, ax2]"},
      {{2, 3, 1, 1}, {2, 3}, "x[ax0, ax1, 0, 0]"},
      {{2, 3, 4}, {2, 12}, "x[ax0, floordiv(ax1, 4), floormod(ax1, 4)]"},
      {{1, 1}, {}, "x[0, 0]"},
      {{}, {1, 1}, "x[]"},
  };
  for (const Case& c : cases) EXPECT_EQ(to_text(reshape(placeholder(c.from, "x"), c.to)->body), c.text);
}

TEST(Flatten, SplitsAtAnAxis) {
  const Tensor x = placeholder({2, 3, 4}, "x");
  EXPECT_EQ(flatten(x, 0).shape(), (Shape{1, 24}));
  EXPECT_EQ(flatten(x, 1).shape(), (Shape{2, 12}));
  EXPECT_EQ(flatten(x, -1).shape(), (Shape{6, 4}));
  EXPECT_EQ(flatten(x, 3).shape(), (Shape{24, 1}));
}

TEST(Squeeze, RemovesAndUnsqueezeAddsDimensionsOfOne) {
  const Tensor x = placeholder({1, 3, 1, 4}, "x");
  EXPECT_EQ(squeeze(x, {}).shape(), (Shape{3, 4}));
  EXPECT_EQ(squeeze(x, {-2}).shape(), (Shape{1, 3, 4}));
  EXPECT_EQ(unsqueeze(x, {0, -1}).shape(), (Shape{1, 1, 3, 1, 4, 1}));
  expect_computes({x}, squeeze(x, {0}), [](auto& in) { return Grid({3, 1, 4}, in[0].values); });
}

TEST(Expand, RepeatsAlongStretchedDimensions) {
  const Tensor x = placeholder({3, 1}, "x");
  expect_computes({x}, expand(x, {2, 3, 4}), [](auto& in) {
    Grid y({2, 3, 4});
    for_each_index(y.shape, [&](const auto& at) { y.at(at) = in[0](at[1], 0); });
    return y;
  });
}

TEST(Concat, JoinsAlongAnyAxis) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const Shape shape = random_shape(rng, 3);
    const auto axis = static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(shape.size())));
    std::vector<Tensor> tensors;
    for (std::int64_t i = rng.between(1, 4); i > 0; --i) {
      Shape own = shape;
      own[axis] = random_extent(rng);
      tensors.push_back(placeholder(own, fmt::format("x{}", i)));
    }
    const int signed_axis = static_cast<int>(axis) - (rng.chance(0.5) ? static_cast<int>(shape.size()) : 0);
    expect_computes(tensors, concat(tensors, signed_axis), [&](auto& in) {
      Shape whole = shape;
      whole[axis] = 0;
      for (const Grid& g : in) whole[axis] += g.shape[axis];
      Grid y(whole);
      std::int64_t start = 0;
      for (Grid& g : in) {
        for_each_index(g.shape, [&](std::vector<std::int64_t> at) {
          const double v = g.at(at);
          at[axis] += start;
          y.at(at) = v;
        });
        start += g.shape[axis];
      }
      return y;
    });
  }
}

TEST(Slice, StepsForwardsAndBackwards) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const Tensor x = placeholder(random_shape(rng, 4), "x");
    std::vector<Slice> slices;
    Shape shape;
    for (std::int64_t extent : x.shape()) {
      const std::int64_t start = rng.below(extent), step = rng.chance(0.5) ? rng.between(1, 3) : rng.between(-3, -1);
      const std::int64_t room = step > 0 ? extent - 1 - start : start;
      slices.push_back({start, rng.between(1, room / std::abs(step) + 1), step});
      shape.push_back(slices.back().count);
    }
    expect_computes({x}, slice(x, slices), [&](auto& in) {
      Grid y(shape);
      for_each_index(shape, [&](const auto& at) {
        std::vector<std::int64_t> from = at;
        for (std::size_t d = 0; d < at.size(); ++d) from[d] = slices[d].start + at[d] * slices[d].step;
        y.at(at) = in[0].at(from);
      });
      return y;
    });
  }
}

TEST(Shape, SaysWhatDoesNotFit) {
  const Tensor x = placeholder({2, 3}, "x"), y = placeholder({3, 3}, "y", DType::i32);
  const te::Expr zero = te::constant(DType::f32, 0);
  EXPECT_EQ(message_of([&] { pad(x, {1}, {1, 1}, zero); }), "pad: 1 and 2 counts for 2x3, expected 2 each");
  EXPECT_EQ(message_of([&] { pad(x, {-1, 0}, {0, 0}, zero); }),
            "pad: counts -1 and 0 of dimension 0 must not be negative");
  EXPECT_EQ(message_of([&] { pad(y, {1, 0}, {0, 0}, zero); }), "pad: value is f32, y is i32, expected one type");
  EXPECT_EQ(message_of([&] { transpose(x, {0, 0}); }),
            "transpose: order [0, 0] is not a permutation of the 2 dimensions of 2x3");
  EXPECT_EQ(message_of([&] { transpose(x, {0}); }),
            "transpose: order [0] is not a permutation of the 2 dimensions of 2x3");
  EXPECT_EQ(message_of([&] { reshape(x, {4}); }), "reshape: 2x3 holds 6 elements, 4 holds 4");
  EXPECT_EQ(message_of([&] { reshape(x, {0, 6}); }), "reshape: extent 0 of 0x6 must be at least 1");
  EXPECT_EQ(message_of([&] { flatten(x, 3); }), "flatten: axis 3 is outside of [-2, 2]");
  EXPECT_EQ(message_of([&] { squeeze(x, {1}); }), "squeeze: dimension 1 of 2x3 has extent 3, expected 1");
  EXPECT_EQ(message_of([&] { unsqueeze(x, {0, 0}); }), "unsqueeze: dimension 0 is named twice");
  EXPECT_EQ(message_of([&] { expand(x, {3}); }), "expand: 2x3 does not broadcast to 3");
  EXPECT_EQ(message_of([&] { concat({}, 0); }), "concat: no tensors, expected at least 1");
  EXPECT_EQ(message_of([&] { concat({x, placeholder({2, 4}, "z")}, 0); }),
            "concat: shapes 2x3 and 2x4 differ in a dimension other than 0");
  EXPECT_EQ(message_of([&] { concat({x, y}, 0); }), "concat: x is f32 and y is i32, expected one type");
  EXPECT_EQ(message_of([&] { slice(x, {{0, 1}}); }), "slice: 1 ranges for 2x3, expected 2");
  EXPECT_EQ(message_of([&] { slice(x, {{0, 2, 0}, {0, 1}}); }),
            "slice: 2 elements of step 0 in dimension 0, expected at least 1 and not 0");
  EXPECT_EQ(message_of([&] { slice(x, {{0, 2, 2}, {0, 1}}); }),
            "slice: elements 0 to 2 of dimension 0 are outside of 0..1");
}

}  // namespace
}  // namespace tilewright::ops
