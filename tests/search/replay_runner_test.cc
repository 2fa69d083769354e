#include "search/replay/replay_runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "search/made_up_runner.h"
#include "search/tuner/network_tuner.h"
#include "space/search_space.h"

namespace tilewright::search {
namespace {

TuneOptions small_options(int trials, std::uint64_t seed) {
  TuneOptions options;
  options.trials = trials;
  options.batch = 8;
  options.seed = seed;
  options.evolution.population = 48;
  options.evolution.generations = 2;
  return options;
}

std::vector<task::Record> recorded(const task::Task& task, int trials) {
  std::vector<task::Record> records;
  MadeUpRunner machine(plausible_time);
  NetworkTuner({task}, small_options(trials, 1), made_up_target(), 2).run(machine, [&](const task::Record& r) {
    records.push_back(r);
  });
  return records;
}

TEST(ReplayRunner, AnswersARecordedStateWithItsRecord) {
  const task::Task task = matmul_task(64, 64, 64);
  const std::vector<task::Record> records = recorded(task, 60);
  ReplayRunner runner({&task, 1}, records, {});
  const auto target = made_up_target();
  double clock_s = 0;
  for (const task::Record& record : records) {
    const auto state = schedule::State::replay(task.dag, record.steps);
    ASSERT_TRUE(state) << state.message();
    const auto answer = runner.measure(task, std::array{backend::ScheduledProgram(*state, target)}, kNever, {}, {});
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(answer[0].times_s, record.result.times_s);
    clock_s += record.result.compile_s + record.result.run_s;
    EXPECT_DOUBLE_EQ(runner.clock_s(), clock_s);
  }
}

TEST(ReplayRunner, GuessesTheRestNoFasterThanTheFastestRecord) {
  const task::Task task = matmul_task(64, 64, 64);
  const std::vector<task::Record> records = recorded(task, 60);
  const auto faster = [](const auto& a, const auto& b) { return a.result.time_s() < b.result.time_s(); };
  const double fastest = std::min_element(records.begin(), records.end(), faster)->result.time_s();
  const space::SearchSpace space(task.dag, {}, {});
  ReplayRunner runner({&task, 1}, records, {});
  const auto target = made_up_target();
  Rng rng(5);
  int guessed = 0;
  for (int i = 0; i < 200; ++i) {
    const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
    if (!state) continue;
    const auto answer = runner.measure(task, std::array{backend::ScheduledProgram(*state, target)}, kNever, {}, {});
    if (answer[0].times_s.empty()) continue;
    ++guessed;
    EXPECT_GE(answer[0].time_s(), fastest);
  }
  EXPECT_GT(guessed, 100);
}

TEST(ReplayRunner, GuessesInAnOrderThatHasToDoWithTheMachine) {
  const task::Task task = matmul_task(128, 128, 128);
  const Surrogate surrogate(task, recorded(task, 160), {});
  EXPECT_GT(surrogate.accuracy(), 0.6);
  EXPECT_LT(surrogate.roughness(), 2);
}

TEST(ReplayRunner, MakesASearchTheSameBitForBitItsClockIncluded) {
  const task::Task task = matmul_task(64, 64, 64);
  const std::vector<task::Record> records = recorded(task, 60);
  std::vector<TaskResult> results;
  for (int threads : {1, 4}) {
    TuneOptions options = small_options(70, 9);
    options.threads = threads;
    ReplayRunner runner({&task, 1}, records, {});
    results.push_back(NetworkTuner({task}, options, made_up_target(), 2).run(runner).tasks[0]);
  }
  ASSERT_EQ(results[0].curve.size(), results[1].curve.size());
  for (std::size_t i = 0; i < results[0].curve.size(); ++i) {
    EXPECT_EQ(results[0].curve[i].trial, results[1].curve[i].trial);
    EXPECT_EQ(results[0].curve[i].wall_s, results[1].curve[i].wall_s);
    EXPECT_EQ(results[0].curve[i].best_s, results[1].curve[i].best_s);
  }
  EXPECT_EQ(results[0].best_steps, results[1].best_steps);
}

TEST(ReplayRunner, RefusesATaskOfWhichItKnowsTooLittle) {
  const std::vector<task::Task> tasks{matmul_task(64, 64, 64), matmul_task(32, 32, 32)};
  const std::vector<task::Record> records = recorded(tasks[0], 40);
  try {
    ReplayRunner runner(tasks, records, {});
    FAIL() << "did not throw";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::bad_input);
    EXPECT_STREQ(e.what(), "matmul 32x32x32: 0 valid records to replay, at least 30 are needed; record more with tune");
  }
}

}  // namespace
}  // namespace tilewright::search
