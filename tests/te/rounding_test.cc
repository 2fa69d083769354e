#include "te/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tilewright::te {
namespace {

TEST(Rounding, GivesTheNearestBf16AndTiesToEven) {
  struct Case {
    double value, rounded;
  };
  const Case cases[] = {
      {1.0, 1.0},
      {1.0 + 0x1p-8, 1.0},                         // a tie: even below
      {1.0 + 3 * 0x1p-8, 1.0 + 0x1p-6},            // a tie: even above
      {1.0 + 0x1p-8 + 0x1p-40, 1.0 + 0x1p-7},      // above the tie by less than an f32 shows
      {1.0 + 3 * 0x1p-8 - 0x1p-40, 1.0 + 0x1p-7},  // below the tie by less than an f32 shows
      {-(1.0 + 0x1p-8 + 0x1p-40), -(1.0 + 0x1p-7)},
      {1e39, std::numeric_limits<double>::infinity()},
  };
  for (const Case& c : cases) EXPECT_EQ(round_float(DType::bf16, c.value), c.rounded) << c.value;
  EXPECT_TRUE(std::isnan(round_float(DType::bf16, std::nan(""))));
}

TEST(Rounding, WrapsIntegersAsHardwareDoes) {
  EXPECT_EQ(wrap_integer(DType::i8, 130), -126);
  EXPECT_EQ(wrap_integer(DType::u8, -1), 255);
  EXPECT_EQ(wrap_integer(DType::i32, std::int64_t{1} << 31), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(wrap_integer(DType::boolean, 5), 1);
}

TEST(Rounding, TruncatesWithoutUndefinedBehaviour) {
  EXPECT_EQ(truncate_to_integer(-1.9), -1);
  EXPECT_EQ(truncate_to_integer(std::nan("")), 0);
  EXPECT_EQ(truncate_to_integer(1e300), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(truncate_to_integer(-1e300), std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace tilewright::te
