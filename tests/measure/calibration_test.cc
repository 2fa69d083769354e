#include "measure/timing/calibration.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "measure/timing/machine_loops.h"
#include "support/no_threads.h"

namespace tilewright::measure {
namespace {

TEST(Calibration, FindsAMachineThatRunsEvenlyWell) {
  Calibration calibration(2);
  calibration.judge({1.01, 1, 1.02}, {2, 2.1, 2});
  calibration.judge({1.02, 1.01, 1.01}, {2, 2.1, 2.2});
  EXPECT_TRUE(calibration.health().last.is_well());
  EXPECT_EQ(calibration.health().checks, 2);
  EXPECT_EQ(calibration.health().slow + calibration.health().noisy, 0);
  EXPECT_EQ(to_text(calibration.health().last), "the machine runs evenly and at full speed");
}

TEST(Calibration, FindsAThrottledMachineSlow) {
  Calibration calibration(2);
  calibration.judge({1, 1, 1}, {2, 2, 2});
  calibration.judge({1.25, 1.25, 1.25}, {2, 2, 2});
  EXPECT_TRUE(calibration.health().last.is_slow());
  EXPECT_FALSE(calibration.health().last.is_noisy());
  EXPECT_EQ(calibration.health().lowest_speed, 0.8);
  EXPECT_EQ(to_text(calibration.health().last),
            "the machine runs at 80 % of the speed it had before: it is throttled or shared, and what is measured now "
            "looks slower than it is");
  calibration.judge({1, 1, 1}, {2, 2, 2});
  EXPECT_TRUE(calibration.health().last.is_well());
  EXPECT_EQ(calibration.health().slow, 1);
}

TEST(Calibration, FindsMemoryThatOthersUse) {
  Calibration calibration(2);
  calibration.judge({1, 1, 1}, {2, 2, 2});
  calibration.judge({1, 1, 1}, {4, 4, 4});
  EXPECT_TRUE(calibration.health().last.is_slow());
  EXPECT_EQ(calibration.health().lowest_memory_speed, 0.5);
}

TEST(Calibration, FindsAMachineOnWhichProgramsTakeTurnsNoisy) {
  Calibration calibration(2);
  calibration.judge({1, 1.5, 1.5}, {2, 2, 2});
  EXPECT_TRUE(calibration.health().last.is_noisy());
  EXPECT_EQ(to_text(calibration.health().last),
            "the machine is noisy: a fixed piece of work takes 50 % longer in the middle than at best; end other "
            "programs while tuning, or the wrong candidates win");
}

TEST(Calibration, RunsOnTheMachine) {
  Calibration calibration(2);
  calibration.check();
  EXPECT_EQ(calibration.health().checks, 1);
  EXPECT_EQ(calibration.health().last.speed, 1);
  EXPECT_GE(calibration.health().last.noise, 0);
}

TEST(Calibration, TakesNoMoreThreadsThanRunAtOnce) {
  Calibration calibration(100'000);  // as many would take minutes, and 400 GB
  calibration.check();
  EXPECT_EQ(calibration.health().checks, 1);
}

TEST(MachineLoops, SayHowManyThreadsAreGrantedIfTooFew) {
  const support::NoThreads limit;
  try {
    time_together(8, [](int) {});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
    EXPECT_EQ(std::string(error.what()).find("cannot start 8 threads, only 1: "), 0U) << error.what();
  }
}

}  // namespace
}  // namespace tilewright::measure
