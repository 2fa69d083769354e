#include <gtest/gtest.h>

#include <algorithm>

#include "search/evolve/canonicalize.h"
#include "search/made_up_runner.h"
#include "search/small_tuner.h"

namespace tilewright::search {
namespace {

/// A re-measurement on a machine that has become half as fast, and where who was fastest by itself is slowest.
struct Machine {
  MadeUpRunner runner{plausible_time};
  std::vector<task::Record> records;

  Machine() {
    runner.contest_time_of = [this](const task::Task& task, const schedule::State& state) {
      const double alone_s = plausible_time(task, state).value();
      fastest_s = std::min(fastest_s, alone_s);
      return std::optional(alone_s == fastest_s ? 1.0 : 2 * alone_s);
    };
  }
  TuneResult run(NetworkTuner&& tuner) {
    return tuner.run(runner, [&](const task::Record& r) { records.push_back(r); });
  }
  double fastest_s = 1;
};

std::uint64_t hash_of(const task::Task& task, const std::vector<schedule::Step>& steps) {
  auto state = schedule::State::replay(task.dag, steps);
  return canonicalize(*state).value();
}

TEST(Contest, DecidesWhichStateIsBest) {
  const task::Task task = matmul_task(64, 64, 64);
  Machine machine;
  const TuneResult result = machine.run(tuner_for({task}, small_options(40)));
  EXPECT_EQ(result.trials, 40);
  EXPECT_EQ(result.tasks[0].finalists, 5);  // four, and the default
  EXPECT_EQ(result.remeasured, 5);
  ASSERT_EQ(machine.runner.contested.size(), 5u);
  EXPECT_NE(hash_of(task, result.tasks[0].best_steps), machine.runner.contested[0]);
  EXPECT_EQ(hash_of(task, result.tasks[0].best_steps), machine.runner.contested[1]);
  EXPECT_EQ(std::count(machine.runner.contested.begin(), machine.runner.contested.end(), machine.runner.measured[0]), 1)
      << "the default schedule takes part";
  EXPECT_LE(result.tasks[0].best_s, result.tasks[0].default_s);
  for (const CurvePoint& point : result.tasks[0].curve) EXPECT_GE(point.best_s, result.tasks[0].best_s);
}

TEST(Contest, IsRecordedWinnerFirstAndNotAmongTheTrials) {
  const task::Task task = matmul_task(64, 64, 64);
  Machine machine;
  const TuneResult result = machine.run(tuner_for({task}, small_options(24)));
  ASSERT_EQ(machine.records.size(), 24u + 5u);
  for (std::size_t i = 0; i < 24; ++i) EXPECT_EQ(machine.records[i].remeasurement, 0);
  for (std::size_t i = 24; i < 29; ++i) EXPECT_EQ(machine.records[i].remeasurement, machine.records[24].remeasurement);
  EXPECT_GT(machine.records[24].remeasurement, 0);
  EXPECT_EQ(machine.records[24].steps, result.tasks[0].best_steps);
}

TEST(Contest, IsTakenOverFromAnEarlierRun) {
  const task::Task task = matmul_task(64, 64, 64);
  Machine machine;
  const TuneResult first = machine.run(tuner_for({task}, small_options(24)));
  NetworkTuner again = tuner_for({task}, small_options(24));
  again.resume(machine.records);
  Machine same;
  const TuneResult second = same.run(std::move(again));
  EXPECT_EQ(second.trials, 0);
  EXPECT_EQ(second.resumed, 24);
  EXPECT_TRUE(same.runner.contested.empty()) << "nothing new was measured";
  EXPECT_EQ(second.tasks[0].best_s, first.tasks[0].best_s);
  EXPECT_EQ(second.tasks[0].default_s, first.tasks[0].default_s);
  EXPECT_EQ(second.tasks[0].best_steps, first.tasks[0].best_steps);
}

TEST(Contest, PassesOverThoseThatFailInIt) {
  const task::Task task = matmul_task(64, 64, 64);
  MadeUpRunner runner(plausible_time);
  int calls = 0;
  runner.contest_time_of = [&](const task::Task& t, const schedule::State& s) {
    return ++calls == 1 ? std::nullopt : plausible_time(t, s);
  };
  const TuneResult result = tuner_for({task}, small_options(24)).run(runner);
  EXPECT_EQ(hash_of(task, result.tasks[0].best_steps), runner.contested[1]);
}

TEST(Contest, ChangesNothingIfNobodySurvivesIt) {
  struct Notes : Observer {
    void on_note(const std::string& text) override { texts.push_back(text); }
    std::vector<std::string> texts;
  } notes;
  const task::Task task = matmul_task(64, 64, 64);
  MadeUpRunner runner(plausible_time), quiet(plausible_time);
  runner.contest_time_of = [](const task::Task&, const schedule::State&) { return std::nullopt; };
  const TuneResult result = tuner_for({task}, small_options(24)).run(runner, {}, &notes);
  EXPECT_EQ(result.tasks[0].best_s, tuner_for({task}, small_options(24)).run(quiet).tasks[0].best_s);
  ASSERT_EQ(notes.texts.size(), 1u);
  EXPECT_NE(notes.texts[0].find("could not be timed together"), std::string::npos) << notes.texts[0];
}

}  // namespace
}  // namespace tilewright::search
