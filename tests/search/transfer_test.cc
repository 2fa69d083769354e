#include "search/tuner/transfer.h"

#include <gtest/gtest.h>

#include "search/made_up_runner.h"

namespace tilewright::search {
namespace {

using schedule::SplitStep;
using schedule::Step;

const std::vector<Step> kTiled{SplitStep{2, 0, 64, {2, 8}}, SplitStep{2, 3, 64, {16}}, SplitStep{2, 5, 32, {4}},
                               schedule::ReorderStep{2, {0, 3, 5, 1, 6, 2, 4}},
                               schedule::AnnotateStep{2, 6, schedule::Annotation::vectorize}};

TEST(Transfer, KeepsTheTilesAndTakesTheOthersExtents) {
  const auto state = transfer(kTiled, matmul_task(100, 48, 30).dag, true);
  ASSERT_TRUE(state);
  EXPECT_EQ(std::get<SplitStep>(state->step(0)), (SplitStep{2, 0, 100, {2, 8}}));
  EXPECT_EQ(std::get<SplitStep>(state->step(1)), (SplitStep{2, 3, 48, {16}}));
  EXPECT_EQ(std::get<SplitStep>(state->step(2)), (SplitStep{2, 5, 30, {4}}));
}

TEST(Transfer, CutsTilesThatAreLongerThanTheLoop) {
  const auto state = transfer(kTiled, matmul_task(4, 8, 2).dag, true);
  ASSERT_TRUE(state);
  EXPECT_EQ(std::get<SplitStep>(state->step(0)), (SplitStep{2, 0, 4, {2, 4}}));
  EXPECT_EQ(std::get<SplitStep>(state->step(1)), (SplitStep{2, 3, 8, {8}}));
}

TEST(Transfer, MakesNoTailsWhereTheSpaceHasNone) {
  EXPECT_TRUE(transfer(kTiled, matmul_task(32, 48, 8).dag, false));
  EXPECT_FALSE(transfer(kTiled, matmul_task(100, 48, 8).dag, false));
}

TEST(Transfer, RefusesStepsOfAnotherStructure) {
  const te::Tensor x = te::placeholder({64}, "x");
  const te::Tensor y = te::compute({64}, "y", [&](std::span<const te::Expr> i) { return x(i[0]) * te::Expr(2.0F); });
  EXPECT_FALSE(transfer(kTiled, te::Dag::make({x, y}), true));
  EXPECT_FALSE(transfer(std::vector<Step>{SplitStep{7, 0, 64, {2}}}, matmul_task(64, 64, 64).dag, true));
  EXPECT_FALSE(transfer(std::vector<Step>{SplitStep{2, 9, 64, {2}}}, matmul_task(64, 64, 64).dag, true));
  EXPECT_FALSE(
      transfer(std::vector<Step>{SplitStep{2, 0, 64, {schedule::kUnknown}}}, matmul_task(64, 64, 64).dag, true));
}

}  // namespace
}  // namespace tilewright::search
