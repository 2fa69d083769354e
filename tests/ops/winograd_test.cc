#include "ops/winograd.h"

#include <array>

#include "ops/winograd_transforms.h"
#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;
using te::Tensor;

/// Taps whose transforms are exact in f32: entries of the weights' matrices are multiples of 2^-k / 15.
Grid exact_taps(std::int64_t ci, std::int64_t co, Rng& rng) {
  Grid taps({3, 3, ci, co});
  for (double& value : taps.values) value = static_cast<double>(225 * rng.between(-4, 4));
  return taps;
}

/// G g G^T for each pair of channels.
Grid transformed(Grid& taps, std::int64_t tile) {
  const Matrix g = winograd_transforms(static_cast<std::size_t>(tile), 3).weights;
  Grid result({tile + 2, tile + 2, taps.dim(2), taps.dim(3)});
  for_each_index(result.shape, [&](const auto& at) {
    double sum = 0;
    for (std::int64_t i = 0; i < 3; ++i)
      for (std::int64_t j = 0; j < 3; ++j)
        sum += g[static_cast<std::size_t>(at[0])][static_cast<std::size_t>(i)] *
               g[static_cast<std::size_t>(at[1])][static_cast<std::size_t>(j)] * taps(i, j, at[2], at[3]);
    result.at(at) = static_cast<float>(sum);
  });
  return result;
}

Grid convolved(Grid& x, Grid& taps, const Padding2d& p) {
  Grid y({x.dim(0), x.dim(1) + p.top + p.bottom - 2, x.dim(2) + p.left + p.right - 2, taps.dim(3)});
  for_each_index(y.shape, [&](const auto& at) {
    for (std::int64_t i = 0; i < 3; ++i)
      for (std::int64_t j = 0; j < 3; ++j) {
        const std::int64_t row = at[1] + i - p.top, column = at[2] + j - p.left;
        if (row < 0 || row >= x.dim(1) || column < 0 || column >= x.dim(2)) continue;
        for (std::int64_t c = 0; c < x.dim(3); ++c) y.at(at) += x(at[0], row, column, c) * taps(i, j, c, at[3]);
      }
  });
  return y;
}

TEST(WinogradTransforms, TurnConvolutionsIntoProducts) {
  for (const std::size_t m : {2, 4}) {
    const WinogradTransforms t = winograd_transforms(m, 3);
    const std::size_t alpha = m + 2;
    Rng rng(m);
    std::vector<double> data(alpha), taps(3);
    for (double& x : data) x = rng.uniform() - 0.5;
    for (double& x : taps) x = rng.uniform() - 0.5;
    for (std::size_t y = 0; y < m; ++y) {
      double found = 0, expected = 0;
      for (std::size_t i = 0; i < alpha; ++i) {
        double d = 0, g = 0;
        for (std::size_t k = 0; k < alpha; ++k) d += t.data[k][i] * data[k];
        for (std::size_t k = 0; k < 3; ++k) g += t.weights[i][k] * taps[k];
        found += t.result[i][y] * d * g;
      }
      for (std::size_t k = 0; k < 3; ++k) expected += data[y + k] * taps[k];
      EXPECT_NEAR(found, expected, 1e-13) << "F(" << m << ", 3), result " << y;  // some hundred roundings of 2^-53
    }
  }
}

TEST(WinogradConv2d, EqualsDirectConvolution) {
  struct Case {
    std::vector<std::int64_t> data;
    Padding2d padding;
  };
  const std::vector<Case> cases{{{1, 7, 7, 3}, {1, 1, 1, 1}},  {{2, 13, 13, 2}, {1, 1, 1, 1}},
                                {{2, 6, 9, 2}, {0, 1, 2, 0}},  {{1, 3, 3, 2}, {0, 0, 0, 0}},
                                {{3, 4, 10, 1}, {0, 0, 0, 0}}, {{1, 8, 8, 2}, {1, 1, 1, 1}},
                                {{1, 1, 20, 2}, {1, 1, 1, 1}}};
  for (const std::int64_t tile : {2, 4})
    for (const Case& c : cases) {
      SCOPED_TRACE(fmt::format("tiles of {}, data [{}]", tile, fmt::join(c.data, ", ")));
      Rng rng(7);
      const std::int64_t ci = c.data[3], co = 5;
      Grid taps = exact_taps(ci, co, rng);
      const Tensor x = placeholder(c.data, "x"), w = placeholder({tile + 2, tile + 2, ci, co}, "w");
      expect_computes(
          {x, w}, winograd_conv2d(x, w, {.tile = tile, .padding = c.padding}),
          [&](auto& in) { return convolved(in[0], taps, c.padding); },
          [&](std::vector<te::Array>& in) { in[1].values = transformed(taps, tile).values; });
    }
}

TEST(WinogradConv2d, SaysWhatDoesNotFit) {
  const Tensor x = placeholder({1, 5, 6, 8}, "x"), w = placeholder({6, 6, 8, 4}, "w");
  const auto of = [](const Tensor& a, const Tensor& b, const WinogradParams& p) {
    return message_of([&] { winograd_conv2d(a, b, p); });
  };
  EXPECT_EQ(of(x, w, {.tile = 3}), "winograd_conv2d: tiles are 2 or 4 elements wide, not 3");
  EXPECT_EQ(of(x, w, {.tile = 2}), "winograd_conv2d: weights are 6x6, expected 4x4 for tiles of 2");
  EXPECT_EQ(of(placeholder({5, 6, 8}, "x"), w, {}),
            "winograd_conv2d: data has shape 5x6x8, expected 4 dimensions (NHWC)");
  EXPECT_EQ(of(x, placeholder({6, 6, 4, 4}, "w"), {}), "winograd_conv2d: weights take 4 input channels, data has 8");
  EXPECT_EQ(of(x, placeholder({6, 6, 8, 4}, "w", DType::f64), {}),
            "winograd_conv2d: x is f32 and w is f64, expected one type");
  EXPECT_EQ(of(placeholder({1, 1, 6, 8}, "x"), w, {}),
            "winograd_conv2d: window of 3x3 does not fit the padded image of 1x6");
  EXPECT_EQ(of(placeholder({70000, 1000, 1000, 8}, "x"), w, {}),
            "winograd_conv2d: 70000 images of 1000x1000 in tiles of 4 are more than 2147483647 tiles");
}

}  // namespace
}  // namespace tilewright::ops
