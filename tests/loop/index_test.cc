#include <gtest/gtest.h>

#include "base/integer.h"
#include "base/rng.h"
#include "loop/affine.h"

namespace tilewright::loop {
namespace {

class IndexTest : public ::testing::Test {
 protected:
  AffineTable table;
  AffineExpr i = AffineTable::variable(table.add_loop(8));   // 0..7
  AffineExpr j = AffineTable::variable(table.add_loop(16));  // 0..15
};

TEST_F(IndexTest, CancelsEqualTerms) { EXPECT_EQ(i * 3 + j - i * 3, j); }

TEST_F(IndexTest, DividesTiledIndicesBackIntoTheirParts) {
  const AffineExpr tiled = i * 16 + j;
  EXPECT_EQ(table.quotient(tiled, 16), i);
  EXPECT_EQ(table.remainder(tiled, 16), j);
}

TEST_F(IndexTest, SharesFactorsWithTheDivisor) {
  EXPECT_EQ(table.quotient(j * 4 + AffineExpr(3), 8), table.quotient(j, 2));
  EXPECT_EQ(table.remainder(j * 4 + AffineExpr(3), 8), table.remainder(j, 2) * 4 + AffineExpr(3));
}

TEST_F(IndexTest, NestsQuotientsAndRemainders) {
  const AffineExpr f = AffineTable::variable(table.add_loop(1000));
  EXPECT_EQ(table.quotient(table.quotient(f, 7), 5), table.quotient(f, 35));
  EXPECT_EQ(table.quotient(table.remainder(f, 35), 5), table.remainder(table.quotient(f, 5), 7));
  EXPECT_EQ(table.remainder(table.remainder(f, 35), 5), table.remainder(f, 5));
}

TEST_F(IndexTest, JoinsAQuotientWithItsRemainder) {
  const AffineExpr f = AffineTable::variable(table.add_loop(1000));
  const AffineExpr rows = table.quotient(f, 35), middle = table.remainder(table.quotient(f, 5), 7),
                   last = table.remainder(f, 5);
  EXPECT_EQ(table.recombine(rows * 70 + middle * 10 + last * 2), f * 2);
}

TEST_F(IndexTest, ReadsAsText) {
  const AffineExpr f = AffineTable::variable(table.add_loop(100));
  EXPECT_EQ(table.to_text(table.quotient(f, 7) * 2 - i + AffineExpr(-3)), "-v0 + 2*(v2 / 7) - 3");
}

/// Builds a random index and the value it must have.
struct Sample {
  AffineExpr index;
  std::int64_t value;
};
Sample random_index(AffineTable& table, const std::vector<std::int64_t>& values, Rng& rng, int depth) {
  if (depth == 0 || rng.chance(0.2)) {
    const auto loop = rng.below(static_cast<std::int64_t>(values.size()));
    return {AffineTable::variable(static_cast<int>(loop)), values[static_cast<std::size_t>(loop)]};
  }
  const Sample a = random_index(table, values, rng, depth - 1);
  const std::int64_t constant = rng.between(1, 12);
  switch (rng.below(5)) {
    case 0:
      return {table.quotient(a.index, constant), floor_div(a.value, constant)};
    case 1:
      return {table.remainder(a.index, constant), floor_mod(a.value, constant)};
    case 2:
      return {a.index * (constant - 6), a.value * (constant - 6)};
    case 3:
      return {a.index + AffineExpr(constant - 6), a.value + constant - 6};
    default: {
      const Sample b = random_index(table, values, rng, depth - 1);
      return {a.index - b.index, a.value - b.value};
    }
  }
}

TEST(IndexProperty, SimplificationKeepsTheValueAndRangesHoldIt) {
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    Rng rng(seed);
    AffineTable table;
    std::vector<std::int64_t> values;
    for (int loop = 0; loop < 3; ++loop) {
      const std::int64_t extent = rng.between(1, 40);
      table.add_loop(extent);
      values.push_back(rng.below(extent));
    }
    const Sample sample = random_index(table, values, rng, 5);
    const auto value_of = [&](int atom) { return values[static_cast<std::size_t>(atom)]; };
    ASSERT_EQ(table.evaluate(sample.index, value_of), sample.value)
        << "seed " << seed << ": " << table.to_text(sample.index);
    const AffineExpr joined = table.recombine(sample.index);
    ASSERT_EQ(table.evaluate(joined, value_of), sample.value) << "seed " << seed << ": " << table.to_text(joined);
    const Range range = table.range(sample.index);
    ASSERT_LE(range.low, sample.value) << "seed " << seed;
    ASSERT_GE(range.high, sample.value) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tilewright::loop
