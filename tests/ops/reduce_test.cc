#include "ops/reduce.h"

#include <cmath>

#include "ops/softmax.h"
#include "reference.h"

namespace tilewright::ops {
namespace {

using te::Combiner;
using te::placeholder;
using te::Tensor;

/// Folds every element into the element of the result that it belongs to.
Grid reduced(Grid& x, const std::vector<bool>& along, bool keep, Combiner combiner) {
  Shape shape;
  for (std::size_t d = 0; d < along.size(); ++d)
    if (keep || !along[d]) shape.push_back(along[d] ? 1 : x.shape[d]);
  Grid y(shape);
  std::vector<bool> started(y.values.size());
  for_each_index(x.shape, [&](const auto& at) {
    std::vector<std::int64_t> to;
    for (std::size_t d = 0; d < along.size(); ++d)
      if (keep || !along[d]) to.push_back(along[d] ? 0 : at[d]);
    double& result = y.at(to);
    const auto position = static_cast<std::size_t>(&result - y.values.data());
    const double v = x.at(at);
    if (combiner == Combiner::sum) result += v;
    if (combiner == Combiner::max) result = started[position] ? std::max(result, v) : v;
    if (combiner == Combiner::min) result = started[position] ? std::min(result, v) : v;
    started[position] = true;
  });
  return y;
}

TEST(Reduce, EqualsItsLoopNestOverAnyAxes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    Shape shape;
    for (std::int64_t d = rng.between(1, 4); d > 0; --d) shape.push_back(random_extent(rng));
    std::vector<int> axes;
    std::vector<bool> along(shape.size());
    for (std::size_t d = 0; d < shape.size(); ++d)
      if ((along[d] = rng.chance(0.5)))
        axes.push_back(static_cast<int>(d) - (rng.chance(0.5) ? static_cast<int>(shape.size()) : 0));
    if (axes.empty()) along.assign(shape.size(), true);
    const bool keep = rng.chance(0.5), average = rng.chance(0.3);
    const Combiner combiner =
        average ? Combiner::sum
                : std::array{Combiner::sum, Combiner::max, Combiner::min}[static_cast<std::size_t>(rng.below(3))];
    const Tensor x = placeholder(shape, "x");
    expect_computes({x}, average ? mean(x, axes, keep) : reduce(combiner, x, axes, keep), [&](auto& in) {
      Grid y = reduced(in[0], along, keep, combiner);
      const double count = static_cast<double>(in[0].values.size() / y.values.size());
      for (double& v : y.values) v /= average ? count : 1;
      return y;
    });
  }
}

/// exp(x) / sum(exp(x)) or its logarithm, along dimension d.
Grid normalised(Grid& x, std::size_t d, bool logarithm) {
  Grid y = x;
  for_each_index(x.shape, [&](const auto& at) {
    double sum = 0;
    std::vector<std::int64_t> other = at;
    for (other[d] = 0; other[d] < x.shape[d]; ++other[d]) sum += std::exp(x.at(other));
    y.at(at) = logarithm ? x.at(at) - std::log(sum) : std::exp(x.at(at)) / sum;
  });
  return y;
}

TEST(Softmax, NormalisesAlongAnyAxis) {
  for (const Shape& shape : {Shape{7}, Shape{3, 5}, Shape{2, 1, 4}, Shape{1, 1}, Shape{2, 3, 4, 5}})
    for (int axis = -static_cast<int>(shape.size()); axis < static_cast<int>(shape.size()); ++axis) {
      const Tensor x = placeholder(shape, "x");
      const auto d = static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(shape.size()) : axis);
      expect_computes({x}, softmax(x, axis), [&](auto& in) { return normalised(in[0], d, false); });
      expect_computes({x}, log_softmax(x, axis), [&](auto& in) { return normalised(in[0], d, true); });
    }
}

TEST(Softmax, StaysFiniteForLargeInputs) {
  const Tensor x = placeholder({2}, "x");
  const te::DagRef dag = te::Dag::make({x, softmax(x)});
  const std::vector<te::Array> inputs{{DType::f32, {2}, {1000, 0}}};
  EXPECT_EQ(te::interpret(*dag, inputs)[0].values, (std::vector<double>{1, 0}));
}

TEST(Softmax, HasTheStagesThatAnsorSees) {
  const Tensor a = placeholder({512, 512}, "A");
  EXPECT_EQ(to_text(*te::Dag::make({a, softmax(a, 1)})),
            "A = PLACEHOLDER [512, 512]\n"
            "T_softmax_maxelem(i0) max= A[i0, k]\n"
            "T_softmax_exp(i0, i1) = tir.exp((A[i0, i1] - T_softmax_maxelem[i0]))\n"
            "T_softmax_expsum(i0) += T_softmax_exp[i0, k]\n"
            "T_softmax_norm(i0, i1) = (T_softmax_exp[i0, i1]/T_softmax_expsum[i0])\n");
}

TEST(Reduce, SaysWhatDoesNotFit) {
  const Tensor x = placeholder({2, 3}, "x"), b = placeholder({2}, "b", DType::boolean), s = placeholder({}, "s");
  EXPECT_EQ(message_of([&] { reduce(Combiner::sum, x, {2}, true); }), "reduce: axis 2 is outside of [-2, 2)");
  EXPECT_EQ(message_of([&] { reduce(Combiner::sum, x, {1, -1}, true); }), "reduce: dimension 1 is named twice");
  EXPECT_EQ(message_of([&] { reduce(Combiner::sum, b, {0}, true); }), "reduce: b is bool, expected numbers");
  EXPECT_EQ(message_of([&] { reduce(Combiner::sum, s, {}, true); }),
            "reduce: s is a scalar, expected at least 1 dimension");
  EXPECT_EQ(message_of([&] { mean(b, {0}, true); }), "mean: b is bool, expected a float type");
  EXPECT_EQ(message_of([&] { softmax(s); }), "softmax: s is a scalar, expected at least 1 dimension");
  EXPECT_EQ(message_of([&] { log_softmax(x, -3); }), "log_softmax: axis -3 is outside of [-2, 2)");
}

}  // namespace
}  // namespace tilewright::ops
