#include "base/checksum.h"

#include <gtest/gtest.h>

#include <string>

namespace tilewright {
namespace {

TEST(Checksum, IsThatOfXxh3OnEveryMachine) { EXPECT_EQ(checksum(""), 0x2d06800538d394c2U); }

TEST(Checksum, DoesNotDependOnHowTheBytesAreCut) {
  const std::string bytes(1000, 'x');
  Checksum sum;
  for (std::size_t at = 0, step = 1; at < bytes.size(); at += step++) sum.add(std::string_view(bytes).substr(at, step));
  EXPECT_EQ(sum.value(), checksum(bytes));
}

TEST(Checksum, ChangesWithEveryBitAndTheLength) {
  std::string bytes(300, '\0');
  const std::uint64_t before = checksum(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(checksum(bytes), before) << "bit " << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  }
  EXPECT_NE(checksum(bytes + '\0'), before);
}

}  // namespace
}  // namespace tilewright
