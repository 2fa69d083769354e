#include "search/tuner/task_scheduler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tilewright::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(ExpectedGain, GrowsWithCountAndFallsWithTheCostOfARound) {
  const std::vector<double> history{1.0, 0.8, 0.7};
  const TaskProgress once{1, 0, history, 1.0, true}, often{10, 0, history, 1.0, true}, slow{1, 0, history, 4.0, true};
  EXPECT_DOUBLE_EQ(expected_gain(often, 0), 10 * expected_gain(once, 0));
  EXPECT_DOUBLE_EQ(expected_gain(slow, 0), expected_gain(once, 0) / 4);
}

TEST(ExpectedGain, IsWhatTheFormulaSays) {
  const std::vector<double> history{1.0, 0.9, 0.6, 0.6, 0.5};
  // backward: (0.9 - 0.5) / 3; forward: 0.5 / 5
  EXPECT_DOUBLE_EQ(expected_gain({1, 0, history, 2.0, true}, 0), (0.2 * 0.4 / 3 + 0.8 * 0.1) / 2);
}

TEST(ExpectedGain, HopesForNothingBelowThePeak) {
  const std::vector<double> history{1.0};
  // 1 GFLOP in 1 s where 1.25 GFLOP/s is possible: 0.2 s are left to win.
  EXPECT_NEAR(expected_gain({1, 1e9, history, 1.0, true}, 1.25), 0.8 * 0.2, 1e-12);
  EXPECT_EQ(expected_gain({1, 2e9, history, 1.0, true}, 1.25), 0);
}

TEST(ExpectedGain, OfATaskWithoutAValidStateIsInfiniteForThreeRounds) {
  const std::vector<double> history(5, kInfinite);
  EXPECT_EQ(expected_gain({1, 0, {}, 0, true}, 0), kInfinite);
  EXPECT_EQ(expected_gain({1, 0, std::span(history).first(2), 1, true}, 0), kInfinite);
  EXPECT_EQ(expected_gain({1, 0, history, 1, true}, 0), 0);
}

TEST(ChooseTask, TakesTheLargestGainAndTheFirstOfEquals) {
  const std::vector<double> large{2.0}, small{1.0};
  const std::vector<TaskProgress> tasks{{1, 0, small, 1, true}, {1, 0, large, 1, true}, {1, 0, large, 1, true}};
  EXPECT_EQ(choose_task(tasks, 0), 1);
}

TEST(ChooseTask, PassesOverTheDeadAndEndsWhenAllAre) {
  const std::vector<double> large{2.0}, small{1.0};
  std::vector<TaskProgress> tasks{{1, 0, small, 1, true}, {1, 0, large, 1, false}};
  EXPECT_EQ(choose_task(tasks, 0), 0);
  tasks[0].alive = false;
  EXPECT_EQ(choose_task(tasks, 0), -1);
}

}  // namespace
}  // namespace tilewright::search
