#include "search/tuner/time_plan.h"

#include <gtest/gtest.h>

#include <limits>

namespace tilewright::search {
namespace {

TEST(TimePlan, LetsEverythingFitThatItKnowsNothingOf) {
  const TimePlan plan(2);
  EXPECT_EQ(plan.candidates_within(1e-3, 1, 16), 16);
  EXPECT_EQ(plan.candidates_within(0, 1, 16), 0);
  EXPECT_TRUE(plan.fits_default(1e-3));
  EXPECT_FALSE(plan.fits_default(0));
}

TEST(TimePlan, CutsABatchToTheTimeLeft) {
  TimePlan plan(2);
  plan.note_round(0, 16, 3.2, 1);
  EXPECT_EQ(plan.candidates_within(4.3, 0, 16), 16);
  EXPECT_EQ(plan.candidates_within(3.1, 0, 16), 10);
  EXPECT_EQ(plan.candidates_within(1.9, 0, 16), 4);
  EXPECT_EQ(plan.candidates_within(1.7, 0, 16), 0) << "three are not worth a second of breeding";
  EXPECT_EQ(plan.candidates_within(1.7, 0, 3), 3) << "unless no more are wanted";
}

TEST(TimePlan, TakesATaskWithoutARoundForAsDearAsTheDearest) {
  TimePlan plan(3);
  plan.note_round(0, 10, 1, 0.5);
  plan.note_round(1, 10, 4, 0.2);
  EXPECT_EQ(plan.candidates_within(2.5, 2, 16), 5);
  EXPECT_EQ(plan.candidates_within(2.5, 0, 16), 16);
}

TEST(TimePlan, DoesNotJudgeBySmallBatches) {
  TimePlan plan(1);
  plan.note_round(0, 1, 100, 0);
  EXPECT_EQ(plan.candidates_within(1, 0, 16), 16);
}

TEST(TimePlan, ExpectsDefaultsToTakeAsLongAsTheLongest) {
  TimePlan plan(1);
  plan.note_default(0.5);
  plan.note_default(0.1);
  EXPECT_TRUE(plan.fits_default(0.5));
  EXPECT_FALSE(plan.fits_default(0.4));
}

TEST(TimePlan, ExpectsContestsToTakeAsLongAsTheLast) {
  TimePlan plan(1);
  EXPECT_EQ(plan.remeasurement_s(0.5), 0.5);
  plan.note_contest(0.5, 1.5);
  EXPECT_EQ(plan.remeasurement_s(0.5), 1.5);
  plan.note_contest(0.5, 0.5);
  EXPECT_EQ(plan.remeasurement_s(0.5), 1) << "but one that was quick may be luck";
  plan.note_contest(0, 1);
  EXPECT_EQ(plan.remeasurement_s(0.5), 1);
}

TEST(TimePlan, KnowsNoLimitWithoutABudget) {
  TimePlan plan(1);
  plan.note_round(0, 10, 1e6, 1e6);
  EXPECT_EQ(plan.candidates_within(std::numeric_limits<double>::infinity(), 0, 64), 64);
}

}  // namespace
}  // namespace tilewright::search
