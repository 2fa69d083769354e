#include "ops/pool.h"

#include <limits>

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;
using te::Tensor;

struct Drawn {
  Window2d window;
  Overhang overhang;
};

Drawn random_window(Rng& rng, bool dilate) {
  Window2d w{.kernel_h = rng.between(1, 4),
             .kernel_w = rng.between(1, 4),
             .stride_h = rng.between(1, 3),
             .stride_w = rng.between(1, 3),
             .dilation_h = dilate ? rng.between(1, 2) : 1,
             .dilation_w = dilate ? rng.between(1, 2) : 1};
  w.padding = {rng.below(w.kernel_h), rng.below(w.kernel_w), rng.below(w.kernel_h), rng.below(w.kernel_w)};
  Overhang overhang;
  if (w.padding.bottom + 1 < w.kernel_h) overhang.bottom = rng.below(2);
  if (w.padding.right + 1 < w.kernel_w) overhang.right = rng.below(2);
  return {w, overhang};
}

Shape out_shape(const Grid& x, const Drawn& d) {
  const Window2d& w = d.window;
  const std::int64_t height = x.dim(1) + w.padding.top + w.padding.bottom + d.overhang.bottom;
  const std::int64_t width = x.dim(2) + w.padding.left + w.padding.right + d.overhang.right;
  return {x.dim(0), (height - (w.kernel_h - 1) * w.dilation_h - 1) / w.stride_h + 1,
          (width - (w.kernel_w - 1) * w.dilation_w - 1) / w.stride_w + 1, x.dim(3)};
}

/// Calls `f` with row and column of every tap of the window at `at`.
template <class F>
void for_each_tap(const Window2d& w, const std::vector<std::int64_t>& at, const F& f) {
  for (std::int64_t i = 0; i < w.kernel_h; ++i)
    for (std::int64_t j = 0; j < w.kernel_w; ++j)
      f(at[1] * w.stride_h + i * w.dilation_h - w.padding.top, at[2] * w.stride_w + j * w.dilation_w - w.padding.left);
}

bool is_inside(const Grid& x, std::int64_t row, std::int64_t column) {
  return row >= 0 && row < x.dim(1) && column >= 0 && column < x.dim(2);
}

TEST(MaxPool2d, EqualsItsLoopNest) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Rng rng(seed);
    const Drawn d = random_window(rng, /*dilate=*/true);
    const Tensor x =
        placeholder({rng.between(1, 2), 7 + random_extent(rng), 7 + random_extent(rng), random_extent(rng)}, "x");
    expect_computes({x}, max_pool2d(x, d.window, d.overhang), [&](auto& in) {
      Grid y(out_shape(in[0], d));
      for_each_index(y.shape, [&](const auto& at) {
        double highest = -std::numeric_limits<double>::infinity();
        for_each_tap(d.window, at, [&](std::int64_t row, std::int64_t column) {
          if (is_inside(in[0], row, column)) highest = std::max(highest, in[0](at[0], row, column, at[3]));
        });
        y.at(at) = highest;
      });
      return y;
    });
  }
}

TEST(AvgPool2d, EqualsItsLoopNestBothWaysOfCounting) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const Drawn d = random_window(rng, /*dilate=*/rng.chance(0.3));
    const bool include_pad = rng.chance(0.5);
    const Tensor x =
        placeholder({rng.between(1, 2), random_extent(rng) + 3, random_extent(rng) + 3, rng.between(1, 4)}, "x");
    expect_computes({x}, avg_pool2d(x, d.window, include_pad, d.overhang), [&](auto& in) {
      Grid y(out_shape(in[0], d));
      for_each_index(y.shape, [&](const auto& at) {
        double sum = 0, count = 0;
        for_each_tap(d.window, at, [&](std::int64_t row, std::int64_t column) {
          const bool inside = is_inside(in[0], row, column);
          if (inside) sum += in[0](at[0], row, column, at[3]);
          const bool overhangs =
              row >= in[0].dim(1) + d.window.padding.bottom || column >= in[0].dim(2) + d.window.padding.right;
          if (include_pad ? !overhangs : inside) count += 1;
        });
        y.at(at) = sum / std::max(count, 1.0);
      });
      return y;
    });
  }
}

TEST(AvgPool2d, DividesByAConstantWhereEveryWindowIsFull) {
  const Tensor x = placeholder({1, 8, 8, 4}, "x");
  const Tensor y = avg_pool2d(x, {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2}, false);
  EXPECT_EQ(to_text(y->body), "(pool_sum[ax0, ax1, ax2, ax3]/4f)");
}

TEST(GlobalPool2d, LooksAtWholeChannels) {
  const Tensor x = placeholder({2, 3, 5, 4}, "x");
  const auto reference = [](bool mean) {
    return [mean](auto& in) {
      Grid y({2, 1, 1, 4});
      for_each_index(y.shape, [&](const auto& at) {
        double sum = 0, highest = -2;
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 5; ++j) {
            sum += in[0](at[0], i, j, at[3]);
            highest = std::max(highest, in[0](at[0], i, j, at[3]));
          }
        y.at(at) = mean ? sum / 15 : highest;
      });
      return y;
    };
  };
  expect_computes({x}, global_avg_pool2d(x), reference(true));
  expect_computes({x}, global_max_pool2d(x), reference(false));
}

TEST(Pool2d, SaysWhatDoesNotFit) {
  const Tensor x = placeholder({1, 6, 6, 4}, "x"), n = placeholder({1, 6, 6, 4}, "n", DType::i32);
  EXPECT_EQ(message_of([&] { max_pool2d(placeholder({6, 6}, "x"), {}); }),
            "max_pool2d: data has shape 6x6, expected 4 dimensions (NHWC)");
  EXPECT_EQ(message_of([&] { max_pool2d(x, {.kernel_h = 2, .kernel_w = 2, .padding = {2, 0, 0, 0}}); }),
            "max_pool2d: padding top 2, left 0, bottom 0, right 0 must be smaller than the window of 2x2");
  EXPECT_EQ(message_of([&] { max_pool2d(x, {.kernel_h = 7, .kernel_w = 1}); }),
            "max_pool2d: window of 7x1 does not fit the padded image of 6x6");
  EXPECT_EQ(message_of([&] { max_pool2d(x, {.kernel_h = 0}); }), "max_pool2d: kernel 0x1 must be at least 1x1");
  EXPECT_EQ(message_of([&] { max_pool2d(x, {}, {.bottom = -1}); }),
            "max_pool2d: overhang bottom -1, right 0 must not be negative");
  EXPECT_EQ(message_of([&] { avg_pool2d(n, {}, true); }), "avg_pool2d: n is i32, expected a float type");
  EXPECT_EQ(message_of([&] { global_avg_pool2d(placeholder({6}, "x")); }),
            "global_avg_pool2d: data has shape 6, expected 4 dimensions (NHWC)");
}

}  // namespace
}  // namespace tilewright::ops
