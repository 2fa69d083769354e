#include "driver/quantiles.h"

#include <gtest/gtest.h>

namespace tilewright::driver {
namespace {

TEST(Quantiles, OfOneTimeAreThatTime) {
  const Quantiles q = quantiles({2});
  EXPECT_EQ(q.median_s, 2);
  EXPECT_EQ(q.p95_s, 2);
  EXPECT_EQ(q.min_s, 2);
}

TEST(Quantiles, LieBetweenNeighboursInAnyOrderOfTimes) {
  const Quantiles q = quantiles({4, 1, 3, 2});
  EXPECT_DOUBLE_EQ(q.median_s, 2.5);
  EXPECT_DOUBLE_EQ(q.p95_s, 3.85);
  EXPECT_EQ(q.min_s, 1);
}

}  // namespace
}  // namespace tilewright::driver
