#include "cli/format.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"

namespace tilewright::cli {
namespace {

TEST(Format, PrintsRunTimesWithTheUnitThatFits) {
  EXPECT_EQ(run_time(2.5), "2.5 s");
  EXPECT_EQ(run_time(0.0378912), "37.89 ms");
  EXPECT_EQ(run_time(45.61e-6), "45.61 us");
  EXPECT_EQ(run_time(std::numeric_limits<double>::infinity()), "-");
}

TEST(Format, PrintsWallTimesInTwoUnitsAtMost) {
  EXPECT_EQ(wall_time(8.46), "8.5 s");
  EXPECT_EQ(wall_time(59.4), "59 s");
  EXPECT_EQ(wall_time(200), "3m20s");
  EXPECT_EQ(wall_time(3900), "1h05m");
}

TEST(Format, PrintsSizesInPowersOfTwo) {
  EXPECT_EQ(byte_count(512), "512 B");
  EXPECT_EQ(byte_count(32 << 10), "32 KiB");
  EXPECT_EQ(byte_count(3 << 19), "1.5 MiB");
}

TEST(Format, FitsTextIntoColumns) {
  EXPECT_EQ(fitted("conv", 6), "conv  ");
  EXPECT_EQ(fitted("convolution", 6), "convo…");
}

TEST(Format, ReadsWallTimes) {
  EXPECT_EQ(parse_wall_time("90s"), 90);
  EXPECT_EQ(parse_wall_time("10m"), 600);
  EXPECT_EQ(parse_wall_time("1h30m"), 5400);
  EXPECT_EQ(parse_wall_time("0.5"), 0.5);
}

TEST(Format, ReadsSharesAsPercentOrFraction) {
  EXPECT_EQ(parse_share("95%"), 0.95);
  EXPECT_EQ(parse_share("95"), 0.95);
  EXPECT_EQ(parse_share("0.95"), 0.95);
}

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
    return error.what();
  }
  return "no error";
}

TEST(Format, RefusesWhatIsNoTime) {
  for (const char* text : {"", "s", "10x", "-5s", "ten", "0s", "nan"})
    EXPECT_EQ(message_of([&] { parse_wall_time(text); }),
              fmt::format("'{}' is not a time; write it like 90s, 10m or 1h30m", text));
}

TEST(Format, RefusesWhatIsNoShare) {
  for (const char* text : {"", "%", "0", "101%", "95 percent"})
    EXPECT_EQ(message_of([&] { parse_share(text); }),
              fmt::format("'{}' is not a share of the machine's peak; write it like 95%", text));
}

}  // namespace
}  // namespace tilewright::cli
