#include "ops/conv3d.h"

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;
using te::Tensor;

/// Straight from the definition.
Grid reference(Grid& x, Grid& w, const Conv3dParams& p, const Shape& shape) {
  Grid y(shape);
  for_each_index(shape, [&](const std::vector<std::int64_t>& at) {
    for_each_index({w.dim(0), w.dim(1), w.dim(2), w.dim(3)}, [&](const std::vector<std::int64_t>& k) {
      std::vector<std::int64_t> source{at[0], 0, 0, 0, k[3]};
      for (std::size_t d = 0; d < 3; ++d) {
        source[d + 1] = at[d + 1] * p.stride[d] + k[d] * p.dilation[d] - p.pad_begin[d];
        if (source[d + 1] < 0 || source[d + 1] >= x.dim(d + 1)) return;
      }
      y.at(at) += x.at(source) * w(k[0], k[1], k[2], k[3], at[4]);
    });
  });
  return y;
}

TEST(Conv3d, IsTheSumOverTheWindowWithAnyStrideDilationAndPadding) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Rng rng(seed);
    const Tensor x = placeholder({rng.between(1, 2), rng.between(3, 6), rng.between(3, 6), rng.between(3, 6), 3}, "x");
    const Tensor w = placeholder({rng.between(1, 2), rng.between(1, 2), rng.between(1, 2), 3, 4}, "w");
    Conv3dParams p;
    for (std::size_t d = 0; d < 3; ++d) {
      p.stride[d] = rng.between(1, 2);
      p.dilation[d] = rng.between(1, 2);
      p.pad_begin[d] = rng.between(0, 1);
      p.pad_end[d] = rng.between(0, 1);
    }
    const Tensor y = conv3d(x, w, p);
    expect_computes({x, w}, y, [&](std::vector<Grid>& in) { return reference(in[0], in[1], p, y.shape()); });
  }
}

TEST(Conv3d, RefusesChannelsThatDiffer) {
  try {
    conv3d(placeholder({1, 2, 2, 2, 3}, "x"), placeholder({1, 1, 1, 5, 4}, "w"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("weights take 5 input channels, data has 3"), std::string::npos);
  }
}

TEST(Conv3d, RefusesAWindowLargerThanThePaddedVolume) {
  try {
    conv3d(placeholder({1, 2, 2, 2, 3}, "x"), placeholder({3, 1, 1, 3, 4}, "w"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("kernel 3 with dilation 1 does not fit extent 2"), std::string::npos);
  }
}

}  // namespace
}  // namespace tilewright::ops
