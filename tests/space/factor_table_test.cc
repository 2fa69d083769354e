#include "space/factor_table.h"

#include <gtest/gtest.h>

#include "base/integer.h"

namespace tilewright::space {
namespace {

TEST(Factorizations, AreAsManyAsAnsors) {
  struct Case {
    std::int64_t extent;
    std::size_t counts[4];  ///< for 1 to 4 lengths
  };
  const Case cases[] = {{1, {1, 1, 1, 1}},           {3, {2, 3, 4, 5}},         {49, {3, 6, 10, 15}},
                        {56, {8, 30, 80, 175}},      {64, {7, 28, 84, 210}},    {112, {9, 44, 139, 349}},
                        {128, {7, 35, 119, 329}},    {256, {7, 42, 161, 490}},  {512, {7, 49, 210, 700}},
                        {768, {12, 119, 628, 2420}}, {1024, {7, 56, 266, 966}}, {3072, {12, 157, 1028, 4739}}};
  for (const Case& c : cases)
    for (std::size_t n = 1; n <= 4; ++n)
      EXPECT_EQ(factorizations(c.extent, n).size(), c.counts[n - 1]) << c.extent << " " << n;
}

TEST(Factorizations, DivideTheExtentAndEndWithAShortLength) {
  for (const auto& lengths : factorizations(768, 3)) {
    EXPECT_EQ(768 % product(lengths), 0);
    EXPECT_LE(lengths.back(), kMaxInnermostLength);
  }
}

TEST(FactorTable, FindsWhatWasAdded) {
  FactorTable table;
  table.add(6, 1);
  ASSERT_NE(table.find(6, 1), nullptr);
  EXPECT_EQ(*table.find(6, 1), (FactorTable::Tuples{{1}, {2}, {3}, {6}}));
  EXPECT_EQ(table.find(6, 2), nullptr);
}

}  // namespace
}  // namespace tilewright::space
