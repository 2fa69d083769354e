#include "ops/conv.h"

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;
using te::Tensor;

Conv2dParams random_params(Rng& rng, std::int64_t kh, std::int64_t kw) {
  const auto side = [&](std::int64_t kernel) { return rng.below(kernel + 1); };
  return {.stride_h = rng.between(1, 3),
          .stride_w = rng.between(1, 3),
          .dilation_h = rng.between(1, 2),
          .dilation_w = rng.between(1, 2),
          .padding = {side(kh), side(kw), side(kh), side(kw)}};
}

/// The element of the padded image, 0 outside.
double padded(Grid& x, std::int64_t n, std::int64_t row, std::int64_t column, std::int64_t c) {
  const bool inside = row >= 0 && row < x.dim(1) && column >= 0 && column < x.dim(2);
  return inside ? x(n, row, column, c) : 0;
}

Shape out_shape(const Grid& x, const Grid& w, const Conv2dParams& p, std::int64_t channels) {
  const std::int64_t height = x.dim(1) + p.padding.top + p.padding.bottom - (w.dim(0) - 1) * p.dilation_h;
  const std::int64_t width = x.dim(2) + p.padding.left + p.padding.right - (w.dim(1) - 1) * p.dilation_w;
  return {x.dim(0), (height - 1) / p.stride_h + 1, (width - 1) / p.stride_w + 1, channels};
}

Grid convolved(Grid& x, Grid& w, const Conv2dParams& p) {
  Grid y(out_shape(x, w, p, w.dim(3)));
  const std::int64_t in_group = x.dim(3) / p.groups, out_group = w.dim(3) / p.groups;
  for_each_index(y.shape, [&](const auto& at) {
    for (std::int64_t i = 0; i < w.dim(0); ++i)
      for (std::int64_t j = 0; j < w.dim(1); ++j)
        for (std::int64_t c = 0; c < in_group; ++c)
          y.at(at) += w(i, j, c, at[3]) * padded(x, at[0], at[1] * p.stride_h + i * p.dilation_h - p.padding.top,
                                                 at[2] * p.stride_w + j * p.dilation_w - p.padding.left,
                                                 at[3] / out_group * in_group + c);
  });
  return y;
}

Grid convolved_by_channel(Grid& x, Grid& w, const Conv2dParams& p) {
  Grid y(out_shape(x, w, p, x.dim(3) * w.dim(3)));
  for_each_index(y.shape, [&](const auto& at) {
    const std::int64_t c = at[3] / w.dim(3), m = at[3] % w.dim(3);
    for (std::int64_t i = 0; i < w.dim(0); ++i)
      for (std::int64_t j = 0; j < w.dim(1); ++j)
        y.at(at) += w(i, j, c, m) * padded(x, at[0], at[1] * p.stride_h + i * p.dilation_h - p.padding.top,
                                           at[2] * p.stride_w + j * p.dilation_w - p.padding.left, c);
  });
  return y;
}

TEST(Conv2d, EqualsItsLoopNest) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Rng rng(seed);
    const std::int64_t kh = rng.between(1, 3), kw = rng.between(1, 3);
    Conv2dParams params = random_params(rng, kh, kw);
    params.groups = rng.between(1, 3);
    const Tensor x = placeholder(
        {rng.between(1, 2), 4 + random_extent(rng), 4 + random_extent(rng), params.groups * rng.between(1, 3)}, "x");
    const Tensor w = placeholder({kh, kw, x.dim(3) / params.groups, params.groups * rng.between(1, 3)}, "w");
    expect_computes({x, w}, conv2d(x, w, params), [&](auto& in) { return convolved(in[0], in[1], params); });
  }
}

TEST(DepthwiseConv2d, EqualsItsLoopNest) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Rng rng(seed);
    const std::int64_t kh = rng.between(1, 3), kw = rng.between(1, 3);
    const Conv2dParams params = random_params(rng, kh, kw);
    const Tensor x =
        placeholder({rng.between(1, 2), 4 + random_extent(rng), 4 + random_extent(rng), random_extent(rng)}, "x");
    const Tensor w = placeholder({kh, kw, x.dim(3), rng.between(1, 3)}, "w");
    expect_computes({x, w}, depthwise_conv2d(x, w, params),
                    [&](auto& in) { return convolved_by_channel(in[0], in[1], params); });
  }
}

TEST(Conv2d, HasTheStagesThatAnsorSees) {
  const Tensor x = placeholder({1, 56, 56, 64}, "data"), w = placeholder({3, 3, 64, 64}, "kernel");
  const Tensor y = conv2d(x, w, {.padding = {1, 1, 1, 1}});
  EXPECT_EQ(to_text(*te::Dag::make({x, w, y})),
            "data = PLACEHOLDER [1, 56, 56, 64]\n"
            "pad_temp(i0, i1, i2, i3) = tir.if_then_else(((((i1 >= 1) && (i1 < 57)) && (i2 >= 1)) && (i2 < 57)), "
            "data[i0, (i1 - 1), (i2 - 1), i3], 0f)\n"
            "kernel = PLACEHOLDER [3, 3, 64, 64]\n"
            "conv2d_nhwc(nn, yy, xx, ff) += (pad_temp[nn, (yy + ry), (xx + rx), rc]*kernel[ry, rx, rc, ff])\n");
  EXPECT_EQ(y->attributes.at("layout_free_placeholders"), "kernel");
}

TEST(Conv2d, SaysWhatDoesNotFit) {
  const Tensor x = placeholder({1, 5, 6, 8}, "x"), w = placeholder({3, 3, 8, 4}, "w");
  const auto of = [](const Tensor& a, const Tensor& b, const Conv2dParams& p) {
    return message_of([&] { conv2d(a, b, p); });
  };
  EXPECT_EQ(of(placeholder({5, 6, 8}, "x"), w, {}), "conv2d: data has shape 5x6x8, expected 4 dimensions (NHWC)");
  EXPECT_EQ(of(x, placeholder({3, 8, 4}, "w"), {}), "conv2d: weights has shape 3x8x4, expected 4 dimensions (HWIO)");
  EXPECT_EQ(of(x, placeholder({3, 3, 8, 4}, "w", DType::f64), {}), "conv2d: x is f32 and w is f64, expected one type");
  EXPECT_EQ(of(placeholder({1, 5, 6, 8}, "x", DType::i8), placeholder({3, 3, 8, 4}, "w", DType::i8), {}),
            "conv2d: x is i8, expected a float type");
  EXPECT_EQ(of(x, placeholder({3, 3, 4, 4}, "w"), {}),
            "conv2d: weights take 4 input channels, expected 8 (8 in 1 groups)");
  EXPECT_EQ(of(x, w, {.groups = 3}), "conv2d: 3 groups do not divide 8 input and 4 output channels");
  EXPECT_EQ(of(x, w, {.stride_h = 0}), "conv2d: stride 0x1 must be at least 1x1");
  EXPECT_EQ(of(x, w, {.dilation_w = 0}), "conv2d: dilation 1x0 must be at least 1x1");
  EXPECT_EQ(of(x, w, {.padding = {-1, 0, 0, 0}}),
            "conv2d: padding top -1, left 0, bottom 0, right 0 must not be negative");
  EXPECT_EQ(of(x, w, {.dilation_h = 3}), "conv2d: window of 7x3 does not fit the padded image of 5x6");
  EXPECT_EQ(message_of([&] { depthwise_conv2d(x, placeholder({3, 3, 4, 1}, "w")); }),
            "depthwise_conv2d: weights are for 4 channels, data has 8");
}

}  // namespace
}  // namespace tilewright::ops
