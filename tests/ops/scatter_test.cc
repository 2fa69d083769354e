#include "ops/scatter.h"

#include "ops/gather.h"
#include "reference.h"

namespace tilewright::ops {
namespace {

using te::Combiner;
using te::placeholder;
using Index = std::vector<std::int64_t>;

TEST(GatherElements, TakesEachElementFromItsOwnPlaceAlongTheAxis) {
  const te::Tensor data = placeholder({3, 4}, "data"), indices = placeholder({2, 3}, "indices", DType::i64);
  const Index given{0, 2, -1, 7, -9, 1};  // those outside are clamped
  const Index read{0, 2, 2, 2, 0, 1};
  expect_computes(
      {data, indices}, gather_elements(data, indices, 0),
      [&](std::vector<Grid>& in) {
        Grid y({2, 3});
        for_each_index(y.shape, [&](const Index& at) {
          y.at(at) = in[0](read[static_cast<std::size_t>(at[0] * 3 + at[1])], at[1]);
        });
        return y;
      },
      [&](std::vector<te::Array>& arrays) { arrays[1].integers = given; });
}

/// Updates of [4, 2] put into data of [3, 2] one after the other.
Grid scattered(std::optional<Combiner> combiner, std::vector<Grid>& in, const Index& rows, bool by_element) {
  Grid y = in[0];
  for_each_index({4, 2}, [&](const Index& at) {
    const std::int64_t row = rows[static_cast<std::size_t>(by_element ? at[0] * 2 + at[1] : at[0])];
    if (row < 0 || row > 2) return;
    double& element = y(row, at[1]);
    const double update = in[2].at(at);
    if (!combiner) element = update;
    if (combiner == Combiner::sum) element += update;
    if (combiner == Combiner::prod) element *= update;
    if (combiner == Combiner::max) element = std::max(element, update);
    if (combiner == Combiner::min) element = std::min(element, update);
  });
  return y;
}

TEST(Scatter, CombinesUpdatesThatMeetAndLeavesOutThoseOutside) {
  const std::optional<Combiner> combiners[] = {std::nullopt, Combiner::sum, Combiner::prod, Combiner::max,
                                               Combiner::min};
  for (const std::optional<Combiner> combiner : combiners)
    for (const bool by_element : {false, true}) {
      const te::Tensor data = placeholder({3, 2}, "data"), updates = placeholder({4, 2}, "updates"),
                       indices = placeholder({4, by_element ? 2 : 1}, "indices", DType::i64);
      const Index given = by_element ? Index{0, -1, 2, 2, 2, 3, -4, 0} : Index{2, -3, 2, 3};
      const Index rows = by_element ? Index{0, 2, 2, 2, 2, 3, -1, 0} : Index{2, 0, 2, 3};
      expect_computes(
          {data, indices, updates}, scatter(combiner, data, indices, updates, 0),
          [&](std::vector<Grid>& in) { return scattered(combiner, in, rows, by_element); },
          [&](std::vector<te::Array>& arrays) { arrays[1].integers = given; });
    }
}

TEST(Scatter, RefusesWhatDoesNotFit) {
  const auto message = [](const Shape& data, const Shape& indices, const Shape& updates, DType type) {
    try {
      scatter(std::nullopt, placeholder(data, "d"), placeholder(indices, "i", type), placeholder(updates, "u"), 0);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message({3, 2}, {4, 1}, {4, 2}, DType::i32), "");
  EXPECT_NE(message({3, 2}, {4, 2}, {4, 2}, DType::f32).find("expected i32 or i64"), std::string::npos);
  EXPECT_NE(message({3, 2}, {4, 1}, {4, 1}, DType::i64).find("do not fit data"), std::string::npos);
  EXPECT_NE(message({3, 2}, {1, 2}, {4, 2}, DType::i64).find("do not fit data"), std::string::npos);
}

TEST(TopK, OrdersByValueThenByPositionAndTakesNanForTheLargest) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const std::vector<double> values{1, nan, 3, -inf, 3, inf, nan, 1};
  const auto order = [&](bool largest, std::int64_t k) {
    const te::Tensor x = placeholder({8}, "x");
    const te::DagRef dag = te::Dag::make(std::vector<te::Tensor>{x, top_k(x, k, 0, largest)});
    return te::interpret(*dag, std::vector<te::Array>{{DType::f32, {8}, values}})[0].integers;
  };
  EXPECT_EQ(order(true, 8), (Index{1, 6, 5, 2, 4, 0, 7, 3}));
  EXPECT_EQ(order(false, 8), (Index{3, 0, 7, 2, 4, 5, 1, 6}));
  EXPECT_EQ(order(true, 3), (Index{1, 6, 5}));
  EXPECT_EQ(order(false, 1), (Index{3}));
}

}  // namespace
}  // namespace tilewright::ops
