#include "base/integer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tilewright {
namespace {

TEST(Integer, QuotientsRoundUpAndDownOnBothSidesOfZero) {
  for (std::int64_t a = -20; a <= 20; ++a)
    for (std::int64_t b = 1; b <= 7; ++b) {
      const double exact = static_cast<double>(a) / static_cast<double>(b);
      EXPECT_EQ(static_cast<double>(ceil_div(a, b)), std::ceil(exact)) << a << " / " << b;
      EXPECT_EQ(static_cast<double>(floor_div(a, b)), std::floor(exact)) << a << " / " << b;
      EXPECT_EQ(floor_mod(a, b), a - b * floor_div(a, b)) << a << " / " << b;
    }
}

}  // namespace
}  // namespace tilewright
