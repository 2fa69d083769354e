#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "search/evolve/canonicalize.h"
#include "search/made_up_runner.h"
#include "search/policy/mutation_policy_adaptive.h"
#include "search/policy/mutation_policy_learned.h"
#include "search/policy/sketch_policy_bandit.h"
#include "search/policy/sketch_policy_q_learning.h"
#include "search/tuner/network_tuner.h"

namespace tilewright::search {
namespace {

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(UniformSketchPolicy, GivesEverySketchAlikeAndLeavesTheBatchToTheModel) {
  const UniformSketchPolicy policy(4);
  EXPECT_EQ(policy.shares(), (std::vector<double>{0.25, 0.25, 0.25, 0.25}));
  EXPECT_FALSE(policy.allots_slots());
}

/// Feeds `policy` batches in which sketch k takes times_s[k] and more, by up to `spread`.
void feed(SketchPolicy& policy, const std::vector<double>& times_s, double spread, int batches, std::uint64_t seed) {
  Rng rng(seed);
  double best = 10;
  for (int b = 0; b < batches; ++b) {
    std::vector<SketchPolicy::Outcome> outcomes;
    double after = best;
    for (int i = 0; i < 16; ++i) {
      const int sketch = draw_by_odds(policy.shares(), rng);
      const double time_s = times_s[static_cast<std::size_t>(sketch)] * (1 + spread * rng.uniform());
      outcomes.push_back({sketch, time_s, best, 0.1});
      after = std::min(after, time_s);
    }
    policy.observe(outcomes);
    best = after;
  }
}

TEST(BanditSketchPolicy, StartsEvenThenFollowsTheBestSampleNotTheMeanOne) {
  BanditSketchPolicy policy(2);
  EXPECT_EQ(policy.shares(), (std::vector<double>{0.5, 0.5}));
  // The second one is mostly bad and sometimes best; the first one is always the same.
  for (int b = 0; b < 6; ++b) {
    std::vector<SketchPolicy::Outcome> outcomes;
    for (int i = 0; i < 8; ++i) {
      outcomes.push_back({0, 2.0 + 0.01 * i, kNever, 0.1});
      outcomes.push_back({1, i < 5 ? 4.0 : 1.0 + 0.2 * i, kNever, 0.1});
    }
    outcomes.push_back({1, 1.0, kNever, 0.1});
    policy.observe(outcomes);
  }
  EXPECT_GT(policy.shares()[1], 0.8);
}

TEST(BanditSketchPolicy, GivesUpWhatCannotCatchUpAndKeepsAFloorForWhatMight) {
  BanditSketchPolicy policy(3);
  feed(policy, {1.0, 1.2, 9.0}, 0.5, 40, 3);
  const std::vector<double> shares = policy.shares();
  EXPECT_NEAR(sum(shares), 1, 1e-9);
  EXPECT_GT(shares[0], shares[1]);
  EXPECT_GT(shares[1], 0.02);
  EXPECT_EQ(shares[2], 0);
}

TEST(BanditSketchPolicy, TreatsFailuresAsTheWorstAndNeverGivesNothingToAll) {
  BanditSketchPolicy policy(2);
  std::vector<SketchPolicy::Outcome> failures(30, {0, kNever, kNever, 0.1});
  for (int i = 0; i < 30; ++i) failures.push_back({1, kNever, kNever, 0.1});
  policy.observe(failures);
  EXPECT_NEAR(sum(policy.shares()), 1, 1e-9);
}

TEST(SketchAgent, LearnsALinearValueAndIsLessSureOfWhatItNeverSaw) {
  SketchAgent agent;
  Rng rng(1);
  for (int i = 0; i < 300; ++i) {
    SketchFeatures x{};
    x[0] = 1, x[1] = rng.uniform();
    agent.learn(x, 0.5 * x[1]);
  }
  SketchFeatures low{}, high{}, strange{};
  low[0] = high[0] = strange[0] = 1;
  high[1] = 1;
  strange[2] = 1;
  EXPECT_NEAR(agent.value(high), 0.5, 0.05);
  EXPECT_NEAR(agent.value(low), 0, 0.05);
  const std::vector<double> chances = agent.chances_to_be_best(std::vector{low, high, strange}, 400, rng);
  EXPECT_NEAR(sum(chances), 1, 1e-9);
  EXPECT_LT(chances[0], 0.1);
  EXPECT_GT(chances[1], 0.3);
  EXPECT_GT(chances[2], 0.1);  // it might be better still
}

struct Sketches {
  explicit Sketches(const space::SpaceOptions& options = {}) : space(task.dag, {}, options) {}
  task::Task task = matmul_task(64, 64, 64);
  space::SearchSpace space;
  PolicyMemory memory;
  PolicyContext context() { return {space, task, memory, 5}; }
};

TEST(QLearningSketchPolicy, FindsTheBetterSketchAndRemembersItForTheNextTask) {
  Sketches s;
  ASSERT_GE(s.space.sketches().size(), 2u);
  std::vector<double> times(s.space.sketches().size(), 4.0);
  times[1] = 1.0;
  for (int task = 0; task < 6; ++task) {
    QLearningSketchPolicy policy(s.context());
    feed(policy, times, 1.0, 4, static_cast<std::uint64_t>(task));
  }
  const std::vector<double> shares = QLearningSketchPolicy(s.context()).shares();
  EXPECT_NEAR(sum(shares), 1, 1e-9);
  EXPECT_GT(shares[1], 1.5 / static_cast<double>(shares.size()));
  for (double share : shares) EXPECT_GT(share, 0.01);
}

TEST(QLearningSketchPolicy, GivesSlotsWhereItAndTheCostModelAgree) {
  Sketches s;
  const QLearningSketchPolicy policy(s.context());
  const std::size_t sketches = s.space.sketches().size();
  std::vector<double> first(sketches, 0.0);
  first[1] = 1;
  const std::vector<double> shares = policy.shares(), slots = policy.slots(first);
  EXPECT_NEAR(sum(slots), 1, 1e-9);
  EXPECT_GT(slots[1], shares[1]);
  const std::vector<double> undecided =
      policy.slots(std::vector<double>(sketches, 1.0 / static_cast<double>(sketches)));
  for (std::size_t k = 0; k < sketches; ++k) EXPECT_NEAR(undecided[k], shares[k], 1e-9);
}

TEST(FixedMutationPolicy, DrawsByItsOddsAndNeverWhatHasNone) {
  const FixedMutationPolicy policy({0.9, 0, 0.1});
  const schedule::State state = schedule::State::initial(matmul_task(8, 8, 8).dag);
  Rng rng(1);
  std::array<int, 3> seen{};
  constexpr int kDraws = 40000;
  for (int i = 0; i < kDraws; ++i) ++seen[static_cast<std::size_t>(policy.choose({state}, rng).mutation)];
  EXPECT_NEAR(seen[0], 0.9 * kDraws, 5 * 60);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(seen[2], 0.1 * kDraws, 5 * 60);
}

TEST(AdaptiveMutationPolicy, PaysForTheBestGainsAndKeepsAFloor) {
  AdaptiveMutationPolicy policy(3);
  std::vector<MutationPolicy::Outcome> outcomes;
  for (int i = 0; i < 100; ++i) {
    outcomes.push_back({0, {}, 0.1});                    // always a little
    outcomes.push_back({1, {}, i % 10 == 0 ? 3.0 : 0});  // seldom, but much
    outcomes.push_back({2, {}, 0});                      // never
  }
  policy.observe(outcomes);
  EXPECT_GT(policy.odds()[1], 0.8);
  EXPECT_GT(policy.odds()[1], policy.odds()[0]);
  EXPECT_NEAR(policy.odds()[2], 0.02, 1e-9);
  EXPECT_NEAR(sum(policy.odds()), 1, 1e-9);
}

TEST(AdaptiveMutationPolicy, ForgetsWhatHasNotPaidLately) {
  AdaptiveMutationPolicy policy(2);
  policy.observe(std::vector<MutationPolicy::Outcome>(100, {0, {}, 1.0}));
  policy.observe(std::vector<MutationPolicy::Outcome>(100, {1, {}, 0.0}));
  EXPECT_GT(policy.odds()[0], 0.9);
  policy.observe(std::vector<MutationPolicy::Outcome>(200, {0, {}, 0.0}));
  policy.observe(std::vector<MutationPolicy::Outcome>(20, {1, {}, 0.5, true}));
  EXPECT_GT(policy.odds()[1], 0.9);
}

TEST(LearnedMutationPolicy, PredictsTheRuleFromTheProgram) {
  PolicyMemory memory;
  const MutationInfos rules{{"a", 0.5}, {"b", 0.5}};
  LearnedMutationPolicy policy(rules, {}, memory);
  ProgramFeatures small{}, large{};
  small[0] = large[0] = 1;
  large[1] = 1;
  for (int i = 0; i < 300; ++i)  // rule a helps small programs, b large ones
    policy.observe(std::vector<MutationPolicy::Outcome>{{0, small, 1}, {1, small, 0}, {0, large, 0}, {1, large, 1}});
  EXPECT_GT(policy.odds(small)[0], 0.65);
  EXPECT_GT(policy.odds(large)[1], 0.65);
  EXPECT_GT(policy.odds(small)[1], 0);  // nothing is ever given up
  PolicyMemory again = policy_memory_from(to_text(memory));
  EXPECT_EQ(LearnedMutationPolicy(rules, {}, again).odds(small), policy.odds(small));
}

/// Complete states of one sketch, canonical, with log2 of a made-up speed that follows their innermost rows.
std::vector<std::pair<schedule::State, ProgramValue::Sample>> programs_by_rows(const Sketches& s, int count, Rng& rng) {
  std::vector<std::pair<schedule::State, ProgramValue::Sample>> programs;
  constexpr int kMultiLevel = 1;
  while (std::ssize(programs) < count) {
    auto state = s.space.sample(kMultiLevel, rng);
    if (!state || !canonicalize(*state)) continue;
    const ProgramTile tile = program_tile(*state, space::tile_axes(*state));
    const double rows = std::log2(static_cast<double>(tile.rows[3]));
    programs.push_back({*state, {kMultiLevel, features_of(tile, s.space.hardware()), -std::abs(rows - 3)}});
  }
  return programs;
}

TEST(ProgramValue, LearnsWhatMakesProgramsOfASketchFast) {
  Sketches s(space::SpaceOptions::ansor());
  Rng rng(1);
  ProgramValue value(s.memory.values);
  const auto programs = programs_by_rows(s, 160, rng);
  std::vector<ProgramValue::Sample> samples;
  for (const auto& [state, sample] : programs) samples.push_back(sample);
  const std::span<const ProgramValue::Sample> all(samples);
  value.learn(all.first(80));
  value.learn(all.subspan(80, 40));
  int right = 0, pairs = 0;
  for (std::size_t i = 120; i < samples.size(); ++i)
    for (std::size_t j = 120; j < i; ++j) {
      if (samples[i].log2_speed == samples[j].log2_speed) continue;
      ++pairs;
      right +=
          (samples[i].log2_speed > samples[j].log2_speed) == (value(samples[i].features) > value(samples[j].features));
    }
  ASSERT_GT(pairs, 100);
  EXPECT_GT(right, 0.8 * pairs);
  // The next task of the run begins with a part of it, the next run after training with all of it.
  const ProgramValue next(s.memory.values);
  PolicyMemory again = policy_memory_from(to_text(s.memory));
  const ProgramValue later(again.values);
  const auto [slow, fast] = std::minmax_element(
      samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.log2_speed < b.log2_speed; });
  EXPECT_GT(next(fast->features), next(slow->features));
  EXPECT_GT(later(fast->features) - later(slow->features), next(fast->features) - next(slow->features));
}

TEST(LearnedMutationPolicy, MovesTheFactorsThatItsValueAsksFor) {
  Sketches s(space::SpaceOptions::ansor());
  Rng rng(2);
  LearnedMutationPolicy knowing(s.space.mutations(), s.space.hardware(), s.memory);
  const auto programs = programs_by_rows(s, 200, rng);
  std::vector<ProgramValue::Sample> samples;
  for (const auto& [state, sample] : programs) samples.push_back(sample);
  knowing.learn(samples);
  PolicyMemory nothing;
  const LearnedMutationPolicy ignorant(s.space.mutations(), s.space.hardware(), nothing);
  const auto better = [&](const LearnedMutationPolicy& policy) {
    int gains = 0;
    for (const auto& [state, sample] : programs)
      for (int i = 0; i < 8; ++i) {
        const auto choice = policy.choose({state}, rng);
        if (choice.retilings.empty()) continue;
        const auto child = space::SearchSpace::retile(state, choice.retilings);
        if (!child) continue;
        const ProgramTile tile = program_tile(*child, space::tile_axes(*child));
        gains += -std::abs(std::log2(static_cast<double>(tile.rows[3])) - 3) > sample.log2_speed;
      }
    return gains;
  };
  EXPECT_GT(better(knowing), 1.5 * better(ignorant));
}

TEST(ProgramFeatures, OfAMoveAreThoseOfTheProgramAfterIt) {
  Sketches s(space::SpaceOptions::ansor());
  Rng rng(3);
  int compared = 0;
  for (const auto& [state, sample] : programs_by_rows(s, 200, rng)) {
    const std::vector<space::TileAxis> axes = space::tile_axes(state);
    const auto move = space::draw_tile_move(axes, rng);
    if (!move) continue;
    const auto child = space::SearchSpace::retile(state, std::vector{space::retiling_of(*move, axes)});
    if (!child) continue;
    const ProgramTile foretold = moved(program_tile(state, axes), *move, axes);
    const ProgramTile found = program_tile(*child, space::tile_axes(*child));
    EXPECT_EQ(foretold.vector, found.vector);
    EXPECT_EQ(foretold.rows, found.rows);
    EXPECT_EQ(foretold.reduction, found.reduction);
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST(PolicyMemory, RefusesOtherVersionsAndFeatures) {
  const auto message = [](std::string text, const std::string& from, const std::string& to) -> std::string {
    text.replace(text.find(from), from.size(), to);
    try {
      policy_memory_from(text);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Code::bad_input);
      return e.what();
    }
    return "";
  };
  const std::string text = to_text(PolicyMemory{});
  EXPECT_EQ(message(text, "\"version\":2", "\"version\":9"),
            "the trained policies are of version 9, this program reads version 2");
  EXPECT_EQ(message(text, "cache write", "cache wrote"),
            "the trained sketch policy has no feature 'cache write'; train it again");
  EXPECT_EQ(message(text, "accumulators", "acumulators"),
            "the trained mutation policy has no feature 'accumulators'; train it again");
  EXPECT_EQ(message(text, "\"weights\":[", "\"weights\":[0.5,"),
            "the trained program value has 352 weights, this program 351; train it again");
  EXPECT_NE(message(text, "{", "["), "");
  EXPECT_EQ(message(text, "{", std::string(100000, '[') + "{"),
            "the trained policies can't be read: JSON nested more than 64 deep");
}

TEST(PolicyMemory, RefusesNumbersThatNoTrainingLeadsTo) {
  PolicyMemory memory;
  memory.moves.of("some rule").attempts = 1;
  const nlohmann::json good = nlohmann::json::parse(to_text(memory));
  ASSERT_NO_THROW(policy_memory_from(good.dump()));
  const auto message = [&](const std::string& place, const nlohmann::json& value) -> std::string {
    nlohmann::json changed = good;
    changed[nlohmann::json::json_pointer(place)] = value;
    try {
      policy_memory_from(changed.dump());
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Code::bad_input);
      return e.what();
    }
    return "no error";
  };
  for (const char* place : {"/sketches/observations", "/sketches/precision/0", "/sketches/moment/0",
                            "/moves/moves/some rule/weights/0", "/moves/moves/some rule/squares/0",
                            "/moves/moves/some rule/gain", "/moves/moves/some rule/attempts", "/values/weights/0"})
    for (const nlohmann::json& value : {nlohmann::json(1e300), nlohmann::json(), nlohmann::json("1")})
      EXPECT_NE(message(place, value).find("expected"), std::string::npos) << place << message(place, value);
  EXPECT_NE(message("/sketches/precision", nlohmann::json::array()).find("is no list of"), std::string::npos);
  EXPECT_NE(message("/sketches/precision/0", -1e6).find("no observations lead to"), std::string::npos);
}

TEST(Policies, NameTheKnownOnesWhenAskedForAnother) {
  Sketches s;
  try {
    make_sketch_policy("psychic", s.context());
    FAIL() << "did not throw";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::usage);
    EXPECT_STREQ(e.what(), "sketch policy psychic is not known; there are: uniform, bandit, q-learning");
  }
  try {
    make_mutation_policy("psychic", s.space, s.memory);
    FAIL() << "did not throw";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::usage);
    EXPECT_STREQ(e.what(), "mutation policy psychic is not known; there are: fixed, adaptive, learned");
  }
}

class SearchWith : public testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(Policies, SearchWith,
                         testing::Values(std::pair{"bandit", "fixed"}, std::pair{"q-learning", "fixed"},
                                         std::pair{"uniform", "adaptive"}, std::pair{"uniform", "learned"},
                                         std::pair{"q-learning", "learned"}));

TEST_P(SearchWith, DecidesTheSameOnAnyNumberOfThreadsAndUsesAllTrials) {
  std::vector<std::vector<std::uint64_t>> decisions;
  for (int threads : {1, 4}) {
    TuneOptions options;
    options.trials = 60;
    options.batch = 8;
    options.threads = threads;
    options.evolution.population = 48;
    options.evolution.generations = 2;
    std::tie(options.sketch_policy, options.mutation_policy) = GetParam();
    MadeUpRunner runner(plausible_time);
    const TuneResult result =
        NetworkTuner({matmul_task(64, 64, 64), matmul_task(32, 64, 16)}, options, made_up_target(), 2).run(runner);
    EXPECT_EQ(result.trials, 60);
    decisions.push_back(runner.measured);
  }
  EXPECT_EQ(decisions[0], decisions[1]);
}

}  // namespace
}  // namespace tilewright::search
