#include "base/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tilewright {
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

TEST(Rounding, TruncatesWhatIsBeyondToTheSmallestInteger) {
  for (const DType type : {DType::i32, DType::i64}) {
    EXPECT_EQ(truncate_to_integer(type, -1.9), -1);
    for (const double beyond : {std::nan(""), 1e300, -1e300, std::numeric_limits<double>::infinity()})
      EXPECT_EQ(truncate_to_integer(type, beyond), lowest_integer(type)) << beyond;
  }
  EXPECT_EQ(truncate_to_integer(DType::i64, 0x1p62), std::int64_t{1} << 62);
  EXPECT_EQ(truncate_to_integer(DType::i64, -0x1p63), lowest_integer(DType::i64));
  EXPECT_EQ(truncate_to_integer(DType::i32, 0x1p31 - 1), highest_integer(DType::i32));
  EXPECT_EQ(truncate_to_integer(DType::i32, 0x1p31), lowest_integer(DType::i32));
}

}  // namespace
}  // namespace tilewright
