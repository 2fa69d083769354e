// What holds a program back, for programs where one knows.
#include "cost/analytic/bound_terms.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cost/programs.h"

namespace tilewright::cost {
namespace {

BoundTerms terms(const Tiles& tiles, const Machine& machine = test_machine()) {
  return bound_terms(lowered_matmul(512, 512, 512, tiles), machine);
}

TEST(BoundTerms, OfATileThatReusesItsLoadsAreMostlyArithmetic) {
  const BoundTerms t = terms({.rows = 8, .columns = 32});
  const double peak = 512.0 * 512 * 512 / 16 / 2;
  EXPECT_GE(t.compute, peak);
  EXPECT_LE(t.compute, 1.2 * peak);
  EXPECT_LT(t.l1, t.compute);
}

TEST(BoundTerms, OfASingleRowAreMostlyLoads) {
  const BoundTerms t = terms({.rows = 1, .columns = 64});  // 4 accumulators; 4 vectors and an element per 4 FMAs
  EXPECT_GT(t.l1, t.compute);
}

TEST(BoundTerms, CountTheBytesOfACacheThatIsTooSmall) {
  Machine small = test_machine();
  small.capacity[0] = 4 << 10;
  EXPECT_GT(terms({}, small).bytes[0], 1.5 * terms({}).bytes[0]);
  EXPECT_EQ(terms({}).bytes[2], 0) << "3 MiB stay in the L3";
  small.capacity[1] = small.capacity[2] = 64 << 10;
  EXPECT_GE(terms({}, small).bytes[2], 3.0 * 512 * 512 * 4) << "three matrices come from memory";
}

}  // namespace
}  // namespace tilewright::cost
