#include "base/blocked_layout.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/integer.h"

namespace tilewright {
namespace {

std::vector<float> blocked(const BlockedLayout& layout) {
  std::vector<float> dense(static_cast<std::size_t>(product(layout.shape)));
  std::iota(dense.begin(), dense.end(), 1.0F);
  std::vector<float> out(static_cast<std::size_t>(product(layout.blocked_shape())), -1.0F);
  to_blocks(layout, sizeof(float), dense.data(), out.data());
  return out;
}

TEST(BlockedLayout, OneBlockInTheSameOrderIsACopy) {
  EXPECT_EQ(blocked({{2, 3}, {2, 3}, {0, 1}, {0, 1}}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(BlockedLayout, OneBlockInAnotherOrderIsATransposition) {
  EXPECT_EQ(blocked({{2, 3}, {2, 3}, {0, 1}, {1, 0}}), (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(BlockedLayout, BlocksAtTheEdgeAreFilledUpWithZeros) {
  const BlockedLayout layout{{3, 3}, {2, 2}, {1, 0}, {0, 1}};
  EXPECT_EQ(layout.blocked_shape(), (std::vector<std::int64_t>{2, 2, 2, 2}));
  EXPECT_EQ(blocked(layout), (std::vector<float>{1, 2, 4, 5, 7, 8, 0, 0, 3, 0, 6, 0, 9, 0, 0, 0}));
}

TEST(BlockedLayout, EveryElementIsWhereTheShapeSays) {
  const BlockedLayout layout{{5, 4, 7}, {2, 4, 3}, {2, 0, 1}, {1, 2, 0}};
  const std::vector<float> out = blocked(layout);
  const std::vector<std::int64_t> shape = layout.blocked_shape();
  std::int64_t seen = 0;
  for (std::int64_t i = 0; i < 5; ++i)
    for (std::int64_t j = 0; j < 4; ++j)
      for (std::int64_t k = 0; k < 7; ++k) {
        const std::int64_t at[] = {k / 3, i / 2, j / 4, j % 4, k % 3, i % 2};
        std::int64_t offset = 0;
        for (std::size_t d = 0; d < 6; ++d) offset = offset * shape[d] + at[d];
        EXPECT_EQ(out[static_cast<std::size_t>(offset)], static_cast<float>(++seen));
      }
}

}  // namespace
}  // namespace tilewright
