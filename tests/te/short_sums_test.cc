#include "te/short_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "te/interpreter.h"

namespace tilewright::te {
namespace {

using Indices = std::span<const Expr>;

std::int64_t longest_sum(const Dag& dag) {
  std::int64_t longest = 0;
  for (const Tensor& op : dag.ops()) {
    std::int64_t terms = 1;
    for (const AxisRef& axis : op->reduce_axes) terms *= axis->extent;
    longest = std::max(longest, terms);
  }
  return longest;
}

/// Sums of x over the axes of `extents`, for two columns.
DagRef sums(const std::vector<std::int64_t>& extents, DType type = DType::f32, Combiner combiner = Combiner::sum) {
  std::vector<std::int64_t> shape{2};
  std::vector<AxisRef> axes;
  for (const std::int64_t extent : extents) {
    shape.push_back(extent);
    axes.push_back(reduce_axis(extent, "k" + std::to_string(axes.size())));
  }
  const Tensor x = placeholder(shape, "x", type);
  return Dag::make({x, compute({2}, "y", [&](Indices i) {
                      std::vector<Expr> index{i[0]};
                      for (const AxisRef& axis : axes) index.emplace_back(axis);
                      return reduce(combiner, x(index), axes);
                    })});
}

TEST(ShortSums, HaveAtMostSoManyTermsAndTheSameValue) {
  const std::vector<std::vector<std::int64_t>> shapes{
      {kLongestSum + 1},        {1 << 17}, {100003}, {7, 30011}, {300, 300}, {3, 3, 16384},
      {2, 2, 2, 2, 2, 2, 1031}, {65536, 2}};
  for (const auto& extents : shapes) {
    const DagRef whole = sums(extents), parts = shorten_sums(whole);
    EXPECT_LE(longest_sum(*parts), kLongestSum) << to_text(*parts);
    EXPECT_EQ(parts->arguments().size(), whole->arguments().size());
    const std::vector<Array> inputs = random_inputs(*whole, 1);
    const Array expected = interpret(*whole, inputs)[0], found = interpret(*parts, inputs)[0];
    double magnitude = 0;
    for (const double value : inputs[0].values) magnitude += std::abs(value);
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_NEAR(found.values[i], expected.values[i], 0x1p-24 * magnitude) << to_text(*parts);
  }
}

TEST(ShortSums, CountEveryTermOnceWhereNothingDividesThem) {
  const DagRef whole = sums({100003}), parts = shorten_sums(whole);
  const std::vector<Array> ones{{DType::f32, {2, 100003}, std::vector<double>(200006, 1)}};
  EXPECT_EQ(interpret(*parts, ones)[0].values, (std::vector<double>{100003, 100003}));
}

TEST(ShortSums, OfSoManyTermsAreLongEnough) {
  const DagRef dag = sums({1 << 22});
  EXPECT_LE(longest_sum(*shorten_sums(dag)), 1 << 11) << "two stages of as many terms";
}

TEST(ShortSums, LeaveAloneWhatNeedsNoParts) {
  for (const DagRef& dag : {sums({kLongestSum}), sums({25088}), sums({1 << 17}, DType::i32),
                            sums({1 << 17}, DType::f64), sums({1 << 17}, DType::f32, Combiner::max)})
    EXPECT_EQ(shorten_sums(dag), dag);
}

TEST(ShortSums, KeepThePartsFewWhereTheResultsAreMany) {
  const Tensor a = placeholder({4096, 1 << 17}, "a"), b = placeholder({1 << 17, 4096}, "b");
  const AxisRef k = reduce_axis(1 << 17, "k");
  const DagRef dag = shorten_sums(
      Dag::make({a, b, compute({4096, 4096}, "c", [&](Indices i) { return sum(a(i[0], k) * b(k, i[1]), {k}); })}));
  EXPECT_EQ(dag->ops()[2]->shape, (std::vector<std::int64_t>{4, 4096, 4096}));
}

TEST(ShortSums, AreReadByWhoReadTheSum) {
  const AxisRef k = reduce_axis(1 << 16, "k");
  const Tensor x = placeholder({1 << 16}, "x"), sum_of_x = compute({1}, "sum", [&](Indices) { return sum(x(k), {k}); });
  const DagRef dag =
      shorten_sums(Dag::make({x, compute({1}, "half", [&](Indices i) { return sum_of_x(i[0]) * 0.5F; })}));
  EXPECT_EQ(to_text(*dag),
            "x = PLACEHOLDER [65536]\n"
            "sum_parts(k_part, i0) += x[((k_part*256) + k)]\n"
            "sum(i0) += sum_parts[k, i0]\n"
            "half(i0) = (sum[i0]*0.5f)\n");
}

}  // namespace
}  // namespace tilewright::te
