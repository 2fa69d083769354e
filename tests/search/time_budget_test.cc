#include <gtest/gtest.h>

#include <algorithm>

#include "search/small_tuner.h"

namespace tilewright::search {
namespace {

std::vector<task::Task> tasks(int number) {
  std::vector<task::Task> list;
  for (int i = 0; i < number; ++i) list.push_back(matmul_task(32, 32, 16 + 8 * i, 1 + i));
  return list;
}

TuneOptions options_for(double budget_s) {
  TuneOptions options = small_options(1'000'000'000);
  options.budget_s = budget_s;
  return options;
}

/// What a run took, and what it was like.
struct Costs {
  double budget_s;
  int tasks;
  double batch_s, candidate_s, remeasurement_s;
};

/// Within 5 % or a second, as the budget is promised to be.
double latest_end(double budget_s) { return budget_s + std::max(1.0, 0.05 * budget_s); }

TEST(TimeBudget, IsKeptWhateverBatchesAndContestsCost) {
  for (const Costs& c : {Costs{15, 6, 0.3, 0.1, 0.2},
                         {30, 6, 2, 0.05, 0.6},
                         {30, 12, 0.1, 0.02, 1.7},
                         {60, 3, 0.5, 0.9, 3},
                         {8, 2, 0.01, 0.01, 0.01}}) {
    ClockedRunner runner(plausible_time, c.batch_s, c.candidate_s);
    runner.contest_time_of = plausible_time;
    runner.contest_cost_s = c.remeasurement_s;
    const TuneResult result = tuner_for(tasks(c.tasks), options_for(c.budget_s)).run(runner);
    EXPECT_EQ(result.ending, Ending::budget) << c.budget_s << " s, " << c.tasks << " tasks";
    EXPECT_LE(runner.now_s, latest_end(c.budget_s)) << c.budget_s << " s, " << c.tasks << " tasks";
    EXPECT_GE(runner.now_s, 0.75 * c.budget_s) << c.budget_s << " s, " << c.tasks << " tasks: time is left over";
    EXPECT_FALSE(runner.remeasure_all.empty()) << c.budget_s << " s, " << c.tasks << " tasks";
  }
}

TEST(TimeBudget, BeganWhenItsFrameSaysAndPaysForWhatComesAfterTheRun) {
  ClockedRunner runner(plausible_time, 0.1, 0.05);
  runner.now_s = 1000;
  TuneOptions options = options_for(20);
  options.budget = {.begun_s = 993, .closing_s = 4};
  tuner_for(tasks(2), options).run(runner);
  EXPECT_LE(runner.now_s, 993 + 20 - 4 + 0.2);
  EXPECT_GE(runner.now_s, 993 + 20 - 4 - 3);
}

TEST(TimeBudget, KeepsTimeToCompareModelsIfThatIsASmallPart) {
  for (const double budget_s : {10.0, 100.0}) {
    ClockedRunner runner(plausible_time, 0.1, 0.05);  // each takes 0.1 s to compile, as the runner says
    TuneOptions options = options_for(budget_s);
    options.budget.compares_models = true;
    const TuneResult result = tuner_for(tasks(9), options).run(runner);
    EXPECT_NEAR(result.compile_all_s, 0.9, 1e-9);
    const bool is_small = budget_s == 100;
    EXPECT_EQ(runner.now_s < budget_s - 2 * result.compile_all_s, is_small) << budget_s << ": " << runner.now_s;
  }
}

TEST(TimeBudget, LeavesOutTheContestsOfTheTasksThatMatterLeast) {
  ClockedRunner runner(plausible_time, 0.1, 0.02);
  runner.contest_time_of = plausible_time;
  runner.contest_cost_s = 1;
  const TuneResult result = tuner_for(tasks(8), options_for(30)).run(runner);
  ASSERT_FALSE(runner.remeasure_all.empty());
  EXPECT_LT(runner.remeasure_all.size(), 8u);
  const auto weight = [](const TaskResult& task) { return task.count * task.best_s; };
  const auto heaviest = std::ranges::max_element(result.tasks, {}, weight);
  EXPECT_EQ(runner.remeasure_all.front(), heaviest->description);
}

/// Keeps what it is told.
struct Notes : Observer {
  void on_note(const std::string& text) override { texts.push_back(text); }
  std::vector<std::string> texts;
};

TEST(TimeBudget, SaysThatItWasTooSmallForTheDefaultSchedules) {
  ClockedRunner runner(plausible_time, 0.5, 0.5);
  Notes notes;
  const TuneResult result = tuner_for(tasks(5), options_for(3)).run(runner, {}, &notes);
  EXPECT_EQ(result.ending, Ending::budget);
  EXPECT_EQ(result.unmeasured, 2);
  EXPECT_EQ(result.trials, 3);
  EXPECT_LE(runner.now_s, 3);
  ASSERT_EQ(notes.texts.size(), 1u);
  EXPECT_EQ(notes.texts[0],
            "the time budget ended before the default schedules of 2 of 5 tasks were measured; give more --budget");
}

TEST(TimeBudget, OfNothingMeasuresNothing) {
  ClockedRunner runner(plausible_time, 0.1, 0.1);
  const TuneResult result = tuner_for(tasks(2), options_for(0)).run(runner);
  EXPECT_EQ(result.ending, Ending::budget);
  EXPECT_EQ(result.trials, 0);
  EXPECT_EQ(result.unmeasured, 2);
}

TEST(TimeBudget, IsNothingToARunWithTrials) {
  std::vector<std::vector<std::uint64_t>> decisions;
  for (const double candidate_s : {0.0, 50.0}) {
    ClockedRunner runner(plausible_time, candidate_s, candidate_s);
    runner.contest_time_of = plausible_time;
    EXPECT_EQ(tuner_for(tasks(3), small_options(60)).run(runner).ending, Ending::trials);
    EXPECT_EQ(runner.remeasure_all.size(), 3u);
    decisions.push_back(runner.measured);
  }
  EXPECT_EQ(decisions[0], decisions[1]);
}

}  // namespace
}  // namespace tilewright::search
