#include "base/quantile.h"

#include <gtest/gtest.h>

namespace tilewright {
namespace {

TEST(Quantile, OfOneValueIsThatValue) {
  EXPECT_EQ(median({2}), 2);
  EXPECT_EQ(quantile({2}, 0.95), 2);
}

TEST(Quantile, LiesBetweenNeighboursInAnyOrderOfValues) {
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_DOUBLE_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.95), 3.85);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 1), 4);
}

}  // namespace
}  // namespace tilewright
