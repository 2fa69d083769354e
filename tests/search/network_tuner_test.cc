#include "search/tuner/network_tuner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "search/evolve/canonicalize.h"
#include "search/made_up_runner.h"
#include "search/small_tuner.h"
#include "search/tuner/suggestions.h"
#include "space/search_space.h"

namespace tilewright::search {
namespace {

std::uint64_t default_hash(const task::Task& task) {
  space::Hardware hardware;
  hardware.cores = 2;
  hardware.vector_lanes = made_up_target()->vector_bytes / 4;
  hardware.vector_registers = made_up_target()->vector_registers;
  schedule::State state = space::SearchSpace(task.dag, hardware, {}).default_state();
  return canonicalize(state).value();
}

TEST(NetworkTuner, MeasuresTheDefaultSchedulesFirst) {
  const std::vector<task::Task> tasks{matmul_task(64, 64, 64), matmul_task(32, 64, 16)};
  MadeUpRunner runner(plausible_time);
  tuner_for(tasks, small_options(20)).run(runner);
  ASSERT_GE(runner.measured.size(), 2u);
  EXPECT_EQ(runner.measured[0], default_hash(tasks[0]));
  EXPECT_EQ(runner.measured[1], default_hash(tasks[1]));
}

TEST(NetworkTuner, UsesAllTrialsAndNeverMeasuresAStateTwice) {
  MadeUpRunner runner(plausible_time);
  const TuneResult result = tuner_for({matmul_task(64, 64, 64)}, small_options(75)).run(runner);
  EXPECT_EQ(result.ending, Ending::trials);
  EXPECT_EQ(result.trials, 75);
  EXPECT_EQ(result.tasks[0].trials, 75);
  EXPECT_EQ(runner.measured.size(), 75u);
  EXPECT_EQ(std::set(runner.measured.begin(), runner.measured.end()).size(), 75u);
}

TEST(NetworkTuner, TriesInItsFirstRoundWhatWonOnATaskLikeIt) {
  // One register tile is fast, whatever the task; a second task should not have to find it again.
  const task::Task first = matmul_task(96, 96, 64, 100), second = matmul_task(120, 72, 64);
  TuneOptions options = small_options(130);
  const auto tile_of = [](const schedule::State& s) {
    std::vector<std::int64_t> innermost;
    for (int i = 0; i < s.num_steps(); ++i)
      if (const auto* split = std::get_if<schedule::SplitStep>(&s.step(i))) innermost.push_back(split->lengths.back());
    return innermost;
  };
  std::vector<std::int64_t> won;
  double best_s = kNever;
  bool in_first_round = false;
  int of_second = 0;
  MadeUpRunner runner([&](const task::Task& task, const schedule::State& s) {
    const double time_s = plausible_time(task, s).value();
    if (task.key == first.key && time_s < best_s) best_s = time_s, won = tile_of(s);
    if (task.key == second.key && ++of_second <= 1 + options.batch)
      in_first_round = in_first_round || tile_of(s) == won;
    return time_s;
  });
  tuner_for({first, second}, options).run(runner);
  EXPECT_GT(of_second, 1);
  EXPECT_TRUE(in_first_round);
}

TEST(NetworkTuner, NeverEndsSlowerThanTheDefault) {
  // The default is the best there is: everything else takes longer.
  const task::Task task = matmul_task(64, 64, 64);
  const std::uint64_t best = default_hash(task);
  MadeUpRunner runner(
      [&](const task::Task&, const schedule::State& s) { return structural_hash(s) == best ? 1.0 : 2.0; });
  const TuneResult result = tuner_for({task}, small_options(40)).run(runner);
  EXPECT_EQ(result.tasks[0].best_s, 1.0);
  EXPECT_EQ(result.tasks[0].default_s, 1.0);
  auto state = schedule::State::replay(task.dag, result.tasks[0].best_steps);
  ASSERT_TRUE(state) << state.message();
  EXPECT_EQ(canonicalize(*state), best);
}

TEST(NetworkTuner, OnlyTimesTheDefaultWhereItDoesNotCompete) {
  const task::Task task = matmul_task(64, 64, 64);
  const std::uint64_t best = default_hash(task);
  MadeUpRunner runner(
      [&](const task::Task&, const schedule::State& s) { return structural_hash(s) == best ? 1.0 : 2.0; });
  TuneOptions options = small_options(24);
  options.default_competes = false;
  const TuneResult result = tuner_for({task}, options).run(runner);
  EXPECT_EQ(runner.measured[0], best);
  EXPECT_EQ(result.tasks[0].default_s, 1.0);
  EXPECT_EQ(result.tasks[0].best_s, 2.0);
  EXPECT_EQ(result.tasks[0].trials, 24);
  EXPECT_EQ(result.tasks[0].valid, 24);
}

TEST(NetworkTuner, FindsTheOptimumOfASmallSpaceAndSaysThatItIsExhausted) {
  const te::Tensor x = te::placeholder({6}, "x");
  const task::Task task = task::make_task(
      te::Dag::make({x, te::compute({6}, "y", [&](std::span<const te::Expr> i) { return x(i[0]) + te::Expr(1.0F); })}),
      "add");
  MadeUpRunner runner(plausible_time);
  const TuneResult result = tuner_for({task}, small_options(100000)).run(runner);
  EXPECT_EQ(result.ending, Ending::exhausted);
  EXPECT_TRUE(result.tasks[0].exhausted);
  EXPECT_LT(result.trials, 1000);
  const space::SearchSpace space(task.dag, {}, {});
  Rng rng(3);
  const auto sketches = static_cast<std::int64_t>(space.sketches().size());
  int timed = 0;
  for (int i = 0; i < 500; ++i) {
    auto state = space.sample(static_cast<int>(rng.below(sketches)), rng);
    if (!state || !canonicalize(*state)) continue;
    ++timed;
    EXPECT_LE(result.tasks[0].best_s, plausible_time(task, *state).value_or(kNever));
  }
  EXPECT_GT(timed, 250);
}

TEST(NetworkTuner, BeatsRandomSearchAtEqualTrials) {
  const task::Task task = matmul_task(128, 128, 128);
  double advantage = 0;  // log2 of how much faster, over all seeds
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    MadeUpRunner guided(plausible_time), blind(plausible_time);
    TuneOptions options = small_options(96);
    options.seed = seed;
    advantage -= std::log2(tuner_for({task}, options).run(guided).tasks[0].best_s);
    options.cost_model = "random";
    options.evolution.generations = 0;
    options.descent.on = false;
    advantage += std::log2(tuner_for({task}, options).run(blind).tasks[0].best_s);
  }
  EXPECT_GT(advantage, 0);
}

TEST(NetworkTuner, DecidesTheSameOnAnyNumberOfThreads) {
  std::vector<std::vector<std::uint64_t>> decisions;
  for (int threads : {1, 2, 8}) {
    TuneOptions options = small_options(70);
    options.threads = threads;
    options.seed = 42;
    MadeUpRunner runner(plausible_time);
    tuner_for({matmul_task(64, 64, 64), matmul_task(32, 64, 16)}, options).run(runner);
    decisions.push_back(runner.measured);
  }
  EXPECT_EQ(decisions[0], decisions[1]);
  EXPECT_EQ(decisions[0], decisions[2]);
}

TEST(NetworkTuner, DecidesDifferentlyForAnotherSeed) {
  std::vector<std::vector<std::uint64_t>> decisions;
  for (std::uint64_t seed : {1, 2}) {
    TuneOptions options = small_options(30);
    options.seed = seed;
    MadeUpRunner runner(plausible_time);
    tuner_for({matmul_task(64, 64, 64)}, options).run(runner);
    decisions.push_back(runner.measured);
  }
  EXPECT_NE(decisions[0], decisions[1]);
}

TEST(NetworkTuner, ContinuesWhereAnEarlierRunEnded) {
  const task::Task task = matmul_task(64, 64, 64);
  std::vector<task::Record> records;
  MadeUpRunner first(plausible_time), second(plausible_time);
  const auto keep = [&](const task::Record& r) { records.push_back(r); };
  const double before = tuner_for({task}, small_options(40)).run(first, keep).tasks[0].best_s;
  ASSERT_EQ(records.size(), 40u);

  NetworkTuner again = tuner_for({task}, small_options(64));
  again.resume(records);
  const TuneResult result = again.run(second);
  EXPECT_EQ(result.resumed, 40);
  EXPECT_EQ(result.trials, 24);
  EXPECT_EQ(result.tasks[0].trials, 64);
  EXPECT_EQ(result.tasks[0].resumed, 40);
  EXPECT_LE(result.tasks[0].best_s, before);
  EXPECT_LT(result.tasks[0].default_s, kNever);
  for (std::uint64_t hash : second.measured)
    EXPECT_EQ(std::count(first.measured.begin(), first.measured.end(), hash), 0);
}

TEST(NetworkTuner, IgnoresAlienRecordsAndCountsThem) {
  const task::Task task = matmul_task(64, 64, 64);
  std::vector<task::Record> records;
  MadeUpRunner runner(plausible_time);
  tuner_for({task}, small_options(5)).run(runner, [&](const task::Record& r) { records.push_back(r); });
  ASSERT_EQ(records.size(), 5u);
  records[4].result = {.error = task::ErrorKind::unknown, .error_text = std::string(task::kNotMeasured)};
  records[0].target = "another machine";
  records[1].threads = 7;
  records[2].steps = {schedule::SplitStep{2, 99, 64, {2}}};
  records[3].workload_key = "[\"another task\"]";

  NetworkTuner tuner = tuner_for({task}, small_options(4));
  tuner.resume(records);
  const TuneResult result = tuner.run(runner);
  EXPECT_EQ(result.resumed, 0);
  EXPECT_EQ(result.trials, 4);
  ASSERT_EQ(result.ignored_records.size(), 4u);
  EXPECT_EQ(result.ignored_records.at("sampled, not measured"), 1);
  EXPECT_EQ(result.ignored_records.at("measured on another machine"), 1);
  EXPECT_EQ(result.ignored_records.at("measured with another number of threads"), 1);
}

TEST(NetworkTuner, MeasuresTheBestOfForeignRecordsFirstIfToldTo) {
  const task::Task task = matmul_task(64, 64, 64);
  std::vector<task::Record> records;
  MadeUpRunner there(plausible_time), here(plausible_time);
  tuner_for({task}, small_options(50)).run(there, [&](const task::Record& r) { records.push_back(r); });
  std::stable_sort(records.begin(), records.end(),
                   [](const task::Record& a, const task::Record& b) { return a.result.time_s() < b.result.time_s(); });
  for (task::Record& record : records) record.target = "another machine";
  records.back().result = {.error = task::ErrorKind::runtime};

  TuneOptions options = small_options(40);
  options.foreign_records = true;
  NetworkTuner tuner = tuner_for({task}, options);
  tuner.resume(records);
  const TuneResult result = tuner.run(here);
  EXPECT_EQ(result.resumed, 0);
  EXPECT_EQ(result.suggested, 49);
  EXPECT_EQ(result.ignored_records.at("measured on another machine"), 1);
  ASSERT_EQ(here.measured.size(), 40u);
  EXPECT_EQ(here.measured[0], default_hash(task));
  constexpr std::size_t kLeft = Suggestions::kMost - 1;  // the default may have been one of them
  std::map<std::uint64_t, double> times;                 // there
  std::vector<double> fastest, measured;
  for (const task::Record& record : records) {
    auto state = schedule::State::replay(task.dag, record.steps);
    const std::uint64_t hash = canonicalize(*state).value();
    times[hash] = record.result.time_s();
    if (hash != here.measured[0] && fastest.size() < kLeft) fastest.push_back(times[hash]);
  }
  for (std::size_t i = 1; i <= kLeft; ++i) measured.push_back(times.at(here.measured[i]));
  EXPECT_EQ(measured, fastest);
}

TEST(NetworkTuner, StopsWhenAskedAndKeepsWhatItHas) {
  MadeUpRunner runner(plausible_time);
  std::vector<task::Record> records;
  const auto keep = [&](const task::Record& r) { records.push_back(r); };
  const TuneResult result = tuner_for({matmul_task(64, 64, 64)}, small_options(100)).run(runner, keep, nullptr, [&] {
    return runner.measured.size() >= 10;
  });
  EXPECT_EQ(result.ending, Ending::stopped);
  EXPECT_EQ(result.trials, 10);
  EXPECT_EQ(records.size(), 10u);
  EXPECT_LT(result.tasks[0].best_s, kNever);
}

TEST(NetworkTuner, EndsWhenTheTargetShareIsReached) {
  TuneOptions options = small_options(500);
  const task::Task task = matmul_task(64, 64, 64);
  options.peak_gflops = task.flops * 1e-9;  // one second is peak
  options.until_share = 0.5;
  int calls = 0;
  MadeUpRunner runner([&](const task::Task&, const schedule::State&) { return ++calls < 20 ? 10.0 : 1.5; });
  const TuneResult result = tuner_for({task}, options).run(runner);
  EXPECT_EQ(result.ending, Ending::target);
  EXPECT_LE(result.trials, 40);
  EXPECT_EQ(result.tasks[0].best_s, 1.5);
}

TEST(NetworkTuner, EndsWhenThereIsNoMoreGain) {
  TuneOptions options = small_options(500);
  options.min_gain_per_s = 1e-6;
  MadeUpRunner flat([](const task::Task&, const schedule::State&) { return 1.0; });
  const TuneResult nothing = tuner_for({matmul_task(64, 64, 64)}, options).run(flat);
  EXPECT_EQ(nothing.ending, Ending::gain);
  EXPECT_LT(nothing.trials, 500);
  EXPECT_GE(flat.batches, 8);

  double time_s = 1;
  MadeUpRunner steady([&](const task::Task&, const schedule::State&) { return time_s *= 0.99; });
  EXPECT_EQ(tuner_for({matmul_task(64, 64, 64)}, options).run(steady).ending, Ending::trials);
}

TEST(NetworkTuner, GoesOnWhenCandidatesFail) {
  const task::Task task = matmul_task(64, 64, 64);
  const std::uint64_t fine = default_hash(task);
  MadeUpRunner runner([&](const task::Task&, const schedule::State& s) {
    return structural_hash(s) == fine ? std::optional(1.0) : std::nullopt;
  });
  const TuneResult result = tuner_for({task}, small_options(30)).run(runner);
  EXPECT_EQ(result.trials, 30);
  EXPECT_EQ(result.valid, 1);
  EXPECT_EQ(result.errors.at(std::string(task::to_text(task::ErrorKind::runtime))), 29);
  EXPECT_EQ(result.tasks[0].error_texts, std::vector<std::string>{"made up"});
  EXPECT_EQ(result.tasks[0].best_s, 1.0);
}

TEST(NetworkTuner, SurvivesATaskOfWhichNothingIsValid) {
  const std::vector<task::Task> tasks{matmul_task(64, 64, 64), matmul_task(32, 32, 32)};
  MadeUpRunner runner([&](const task::Task& task, const schedule::State& s) {
    return task.description == tasks[0].description ? std::nullopt : plausible_time(task, s);
  });
  const TuneResult result = tuner_for(tasks, small_options(120)).run(runner);
  EXPECT_EQ(result.tasks[0].best_s, kNever);
  EXPECT_EQ(result.tasks[0].gflops(), 0);
  EXPECT_GT(result.tasks[1].trials, 3 * result.tasks[0].trials);
  EXPECT_EQ(result.total_best_s(), kNever);
}

TEST(NetworkTuner, GivesMoreTrialsToTheTaskWithMoreToWin) {
  // The first task takes a thousandth of the network's time.
  const std::vector<task::Task> tasks{matmul_task(16, 64, 64), matmul_task(128, 128, 128, 20)};
  MadeUpRunner runner(plausible_time);
  const TuneResult result = tuner_for(tasks, small_options(160)).run(runner);
  EXPECT_GE(result.tasks[0].trials, 9);  // the default, and one round
  EXPECT_GT(result.tasks[1].trials, 4 * result.tasks[0].trials);
}

TEST(NetworkTuner, TellsItsObserverOfEveryTrial) {
  struct Counter : Observer {
    void on_task(const TaskResult&, int, int) override { ++tasks; }
    void on_trial(const Progress& p, const task::Measurement&) override {
      ++trials;
      EXPECT_EQ(p.trials, trials);
      EXPECT_EQ(p.trials_total, 30);
    }
    void on_round(const Progress& p) override {
      ++rounds;
      EXPECT_LT(p.total_best_s, kNever);
    }
    int tasks = 0, trials = 0, rounds = 0;
  } counter;
  MadeUpRunner runner(plausible_time);
  tuner_for({matmul_task(64, 64, 64)}, small_options(30)).run(runner, {}, &counter);
  EXPECT_EQ(counter.trials, 30);
  EXPECT_EQ(counter.rounds, runner.batches);
  EXPECT_EQ(counter.tasks, counter.rounds);
}

TEST(NetworkTuner, DrawsItsCurveDownwards) {
  MadeUpRunner runner(plausible_time);
  const TaskResult task = tuner_for({matmul_task(64, 64, 64)}, small_options(60)).run(runner).tasks[0];
  ASSERT_GE(task.curve.size(), 2u);
  EXPECT_EQ(task.curve.front().trial, 1);
  EXPECT_EQ(task.curve.front().best_s, task.default_s);
  EXPECT_EQ(task.curve.back().trial, 60);
  EXPECT_EQ(task.curve.back().best_s, task.best_s);
  for (std::size_t i = 1; i < task.curve.size(); ++i) {
    EXPECT_LE(task.curve[i].best_s, task.curve[i - 1].best_s);
    EXPECT_GE(task.curve[i].wall_s, task.curve[i - 1].wall_s);
  }
}

TEST(NetworkTuner, RefusesUnknownPolicies) {
  const std::vector<task::Task> tasks{matmul_task(8, 8, 8)};
  TuneOptions options;
  options.sketch_policy = "psychic";
  EXPECT_THROW(tuner_for(tasks, options), Error);
  options = {};
  options.mutation_policy = "psychic";
  EXPECT_THROW(tuner_for(tasks, options), Error);
  options = {};
  options.cost_model = "psychic";
  EXPECT_THROW(tuner_for(tasks, options), Error);
}

/// The second as if it computed the same as the first, by another algorithm.
std::vector<task::Task> competing_tasks() {
  std::vector<task::Task> tasks{matmul_task(64, 64, 64, 3), matmul_task(64, 64, 48, 3), matmul_task(32, 64, 16)};
  tasks[1].alternative_of = tasks[0].key;
  return tasks;
}

TEST(NetworkTuner, GivesUpATaskThatIsClearlySlowerThanOneThatComputesTheSame) {
  for (const int slow : {0, 1}) {
    const std::vector<task::Task> tasks = competing_tasks();
    MadeUpRunner runner([&](const task::Task& task, const schedule::State& state) {
      const auto time_s = plausible_time(task, state);
      return time_s && task.key == tasks[static_cast<std::size_t>(slow)].key ? std::optional(*time_s * 50) : time_s;
    });
    const TuneResult result = tuner_for(tasks, small_options(200)).run(runner);
    const auto& [loser, winner] =
        std::pair(result.tasks[static_cast<std::size_t>(slow)], result.tasks[static_cast<std::size_t>(1 - slow)]);
    EXPECT_LE(loser.trials, 3 * 8) << "more than its fair start of two batches, the second begun below it";
    EXPECT_GE(loser.trials, 1 + 8) << "no fair start";
    EXPECT_GT(winner.trials, 4 * loser.trials);
    EXPECT_DOUBLE_EQ(result.total_best_s(), 3 * winner.best_s + result.tasks[2].best_s);
    EXPECT_DOUBLE_EQ(result.total_default_s(), 3 * result.tasks[0].default_s + result.tasks[2].default_s);
  }
}

TEST(NetworkTuner, TriesTasksThatComputeTheSameOnWhileTheyAreAboutAsFast) {
  const std::vector<task::Task> tasks = competing_tasks();
  MadeUpRunner runner([&](const task::Task&, const schedule::State& state) -> std::optional<double> {
    return 1e-3 * (1 + 0.1 * static_cast<double>(schedule::structural_hash(state) % 1000) / 1000);
  });
  const TuneResult result = tuner_for(tasks, small_options(200)).run(runner);
  EXPECT_GT(result.tasks[0].trials, 3 * 8);
  EXPECT_GT(result.tasks[1].trials, 3 * 8);
}

}  // namespace
}  // namespace tilewright::search
