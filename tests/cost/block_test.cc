#include "cost/analytic/block.h"

#include <gtest/gtest.h>

#include "cost/analytic/registers.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

/// The update of a tiled matmul, with everything that is worked out from it.
struct Update {
  explicit Update(const Tiles& tiles)
      : program(lowered_matmul(128, 128, 64, tiles)),
        nest(flatten(program)),
        footprints(nest, test_machine()),
        leaf(nest.leaves[1]),
        block(block_of(nest, test_machine(), leaf)) {}
  loop::Program program;
  Nest nest;
  Footprints footprints;
  Leaf leaf;
  StraightBlock block;
  /// Strides of the access number `i` of the update: 0 writes C, 1 reads it, 2 reads A, 3 reads B.
  std::span<const double> strides(int i) const { return footprints.strides(leaf.first_access + i); }
};

TEST(CostOfLanes, CountsPiecesOfPowersOfTwoUpToFourRegisters) {
  const Machine machine = test_machine();  // 16 lanes, one pass per register
  const std::vector<std::pair<double, double>> instructions{{1, 1},  {2, 1},  {3, 2},  {7, 3},  {16, 1}, {24, 2},
                                                            {32, 2}, {48, 3}, {64, 4}, {65, 5}, {128, 8}};
  for (const auto& [lanes, expected] : instructions)
    EXPECT_EQ(cost_of_lanes(machine, lanes, 4).instructions, expected) << lanes << " lanes";
}

TEST(CostOfLanes, CountsAPassPerUnitThatAnInstructionFills) {
  Machine machine = test_machine();
  machine.unit_bytes = 32;
  EXPECT_EQ(cost_of_lanes(machine, 16, 4).passes, 2);
  EXPECT_EQ(cost_of_lanes(machine, 8, 4).passes, 1);
  EXPECT_EQ(cost_of_lanes(machine, 24, 4).passes, 3);
  EXPECT_EQ(cost_of_lanes(machine, 1, 4).passes, 1);
}

TEST(StraightBlock, HoldsWhatIsUnrolledAndVectorizedAroundAStatement) {
  const Update rows({.rows = 8, .columns = 32, .steps = 64, .unroll = 16});
  EXPECT_EQ(rows.block.copies, 8);
  EXPECT_EQ(rows.block.chain, 1);
  EXPECT_EQ(rows.block.lanes, 32);
  EXPECT_EQ(rows.block.per_operation.instructions, 2);
  const Update steps({.rows = 8, .columns = 32, .steps = 4, .unroll = 64});
  EXPECT_EQ(steps.block.copies, 32);
  EXPECT_EQ(steps.block.chain, 4);
}

TEST(StraightBlock, LetsCopiesShareLoads) {
  const Update u({.rows = 8, .columns = 32, .steps = 4, .unroll = 64});
  EXPECT_EQ(distinct_copies(u.block, u.strides(0)), 8);   // an element of C per row
  EXPECT_EQ(distinct_copies(u.block, u.strides(2)), 32);  // of A per row and step
  EXPECT_EQ(distinct_copies(u.block, u.strides(3)), 4);   // a row of B per step
}

TEST(StraightBlock, KnowsHowManyLoadedValuesWait) {
  const Update u({.rows = 8, .columns = 32, .steps = 4, .unroll = 64});
  EXPECT_EQ(waiting_copies(u.block, u.strides(2)), 0);  // a value of A serves one row in one step
  EXPECT_EQ(waiting_copies(u.block, u.strides(3)), 1);  // a row of B waits for all eight rows
}

TEST(StraightBlock, ChargesForElementsThatAreNotContiguous) {
  const Update u({});
  EXPECT_EQ(cost_of_access(u.block, u.strides(2)).instructions, 1);  // one element of A for all lanes
  EXPECT_EQ(cost_of_access(u.block, u.strides(3)).instructions, 2);  // two registers of B
  std::vector<double> column(u.strides(3).begin(), u.strides(3).end());
  column[static_cast<std::size_t>(u.block.vector_depth)] = 128;
  EXPECT_GE(cost_of_access(u.block, column).instructions, 32);
}

TEST(AccumulatorLoop, IsTheOutermostReductionThatMovesNoElement) {
  const Update kept({.rows = 8, .columns = 32, .steps = 16, .unroll = 16});
  const int loop = accumulator_loop(kept.nest, kept.footprints, kept.leaf);
  ASSERT_GE(loop, 0);
  EXPECT_EQ(kept.nest.loops[static_cast<std::size_t>(loop)].extent, 4);  // k.0
}

TEST(AccumulatorLoop, IsInsideWhateverMovesTheElements) {
  const Update moved({.rows = 8, .columns = 32, .steps = 16, .unroll = 0});  // rows are a counted loop inside k
  EXPECT_EQ(accumulator_loop(moved.nest, moved.footprints, moved.leaf), -1);
}

TEST(AccumulatorLoop, IsNoneForStatementsThatDoNotReduceOrStandUnderAGuard) {
  const Update u({});
  EXPECT_EQ(accumulator_loop(u.nest, u.footprints, u.nest.leaves[0]), -1);
  Leaf guarded = u.leaf;
  guarded.conditions = 1;
  EXPECT_EQ(accumulator_loop(u.nest, u.footprints, guarded), -1);
}

}  // namespace
}  // namespace tilewright::cost
