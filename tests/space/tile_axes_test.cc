#include "space/tile_axes.h"

#include <gtest/gtest.h>

#include "base/integer.h"
#include "schedule/workloads.h"
#include "space/search_space.h"

namespace tilewright::space {
namespace {

using schedule::State;

State sampled(const SearchSpace& space, Rng& rng) {
  for (;;)
    if (auto state = space.sample(0, rng)) return *state;
}

TEST(TileAxes, TellTheVectorFromRowsAndReductions) {
  const SearchSpace space(workloads::matmul(64, 96, 32), {}, {});
  Rng rng(1);
  for (int i = 0; i < 50; ++i) {
    const std::vector<TileAxis> axes = tile_axes(sampled(space, rng));
    ASSERT_GE(axes.size(), 3u);
    EXPECT_EQ(axes[0].role, AxisRole::row);
    EXPECT_EQ(axes[1].role, AxisRole::vector);
    EXPECT_EQ(axes[2].role, AxisRole::reduction);
    EXPECT_EQ(axes[0].lengths.size(), 4u);
    EXPECT_EQ(axes[2].lengths.size(), 2u);
    EXPECT_GE(product(axes[1].lengths), 32);
  }
}

TEST(TileAxes, AFactorMoveChangesTwoLevelsOfOneAxisOfItsRole) {
  const SearchSpace space(workloads::matmul(64, 96, 32), {}, SpaceOptions::ansor());
  const auto rules = space.mutations();
  Rng rng(2);
  int moved = 0;
  for (int m = 0; m < std::ssize(rules); ++m) {
    if (rules[static_cast<std::size_t>(m)].name != "row 1>2") continue;
    for (int i = 0; i < 100; ++i) {
      const State parent = sampled(space, rng);
      const auto child = space.mutate(parent, m, rng);
      if (!child) continue;
      const std::vector<TileAxis> before = tile_axes(parent), after = tile_axes(*child);
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t a = 0; a < before.size(); ++a)
        if (before[a].role != AxisRole::row) {
          EXPECT_EQ(before[a].lengths, after[a].lengths);
        }
      EXPECT_LT(after[0].lengths[1], before[0].lengths[1]);
      EXPECT_EQ(before[0].lengths[1] * before[0].lengths[2], after[0].lengths[1] * after[0].lengths[2]);
      EXPECT_EQ(before[0].lengths[3], after[0].lengths[3]);
      ++moved;
    }
  }
  EXPECT_GT(moved, 10);
}

}  // namespace
}  // namespace tilewright::space
