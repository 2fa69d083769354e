#include "space/register_tile.h"

#include <gtest/gtest.h>

#include "base/integer.h"
#include "base/rng.h"

namespace tilewright::space {
namespace {

Hardware machine(int lanes, int registers) {
  Hardware hardware;
  hardware.vector_lanes = lanes;
  hardware.vector_registers = registers;
  return hardware;
}

TEST(VectorWidth, PrefersWholeRegistersAndDivisors) {
  struct Case {
    std::int64_t extent;
    int max_vectors;
    std::int64_t run, width;
  };
  const Case cases[] = {
      {64, 4, 0, 64},   {64, 2, 0, 32}, {1, 4, 0, 1},
      {10, 4, 0, 10},   {24, 4, 0, 24}, {1000, 2, 0, 16},  // no divisor fills registers; the tail is one vector in 63
      {136, 4, 34, 34},                                    // a group of 34 channels is not crossed
  };
  for (const Case& c : cases)
    EXPECT_EQ(best_vector_width(c.extent, 16, c.max_vectors, c.run).width, c.width) << c.extent;
}

TEST(RegisterTile, FillsTheRegisterFileOfCommonMachines) {
  const TileProblem conv{.row_extents = {56, 56}, .vector_extent = 64};
  const RegisterTile wide = choose_register_tile(conv, machine(16, 32));
  EXPECT_EQ(wide.rows, (std::vector<std::int64_t>{14, 1}));
  EXPECT_EQ(wide.vector.width, 32);
  const RegisterTile narrow = choose_register_tile(conv, machine(8, 16));
  EXPECT_GE(narrow.rows[0] * narrow.vector.vectors, 8);
}

TEST(RegisterTile, TakesASecondAxisOnlyWhenTheFirstIsTakenWhole) {
  const RegisterTile tile = choose_register_tile({.row_extents = {2, 64}, .vector_extent = 32}, machine(16, 32));
  EXPECT_EQ(tile.rows[0], 2);
  EXPECT_GT(tile.rows[1], 1);
}

TEST(RegisterTile, FitsTheRegistersAndTheProblemWhateverTheyAre) {
  Rng rng(3);
  for (int i = 0; i < 500; ++i) {
    TileProblem problem;
    for (std::int64_t n = rng.below(3); n > 0; --n) problem.row_extents.push_back(rng.between(1, 40));
    problem.vector_extent = rng.between(1, 200);
    problem.max_rows = rng.between(1, 20);
    problem.max_width = rng.between(1, 64);
    const Hardware hardware = machine(4 << rng.below(3), 16 << rng.below(2));
    const RegisterTile tile = choose_register_tile(problem, hardware);
    const std::int64_t rows = product(tile.rows);
    ASSERT_EQ(tile.rows.size(), problem.row_extents.size());
    for (std::size_t a = 0; a < tile.rows.size(); ++a) EXPECT_LE(tile.rows[a], problem.row_extents[a]);
    EXPECT_LE(rows, problem.max_rows);
    EXPECT_LE(tile.vector.width, std::min(problem.vector_extent, problem.max_width));
    EXPECT_LE(rows * tile.vector.vectors + tile.vector.vectors + 1, hardware.vector_registers);
  }
}

}  // namespace
}  // namespace tilewright::space
