#include "search/evolve/evolution.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "search/evolve/descent.h"
#include "search/evolve/neighbour_states.h"
#include "search/made_up_runner.h"
#include "search/tuner/batch.h"
#include "search/tuner/result.h"

namespace tilewright::search {
namespace {

/// A search for one task, with all its parts.
struct Bench {
  explicit Bench(const task::Task& the_task, const EvolutionOptions& evolution_options = {})
      : task(the_task),
        space(task.dag, {}, {}),
        model(cost::make_cost_model("analytic", {*made_up_target(), 1, 0})),
        sketches(make_sketch_policy("uniform", {space, task, memory, 0})),
        mutations(make_mutation_policy("fixed", space, memory)),
        options(evolution_options),
        evolution(task, target, space, *model, *sketches, *mutations, options, 1) {}
  backend::TargetRef target = made_up_target();
  task::Task task;
  space::SearchSpace space;
  PolicyMemory memory;
  std::unique_ptr<cost::CostModel> model;
  std::unique_ptr<SketchPolicy> sketches;
  std::unique_ptr<MutationPolicy> mutations;
  EvolutionOptions options;
  Evolution evolution;
};

EvolutionOptions small() {
  EvolutionOptions options;
  options.population = 64;
  options.generations = 2;
  return options;
}

bool any(const Candidate&) { return true; }

TEST(Evolution, ProposesDistinctStatesThatWereNotMeasured) {
  Bench bench(matmul_task(64, 64, 64), small());
  MeasuredSet measured;
  Rng rng(1);
  for (int round = 0; round < 5; ++round) {
    const std::vector<Candidate> batch = bench.evolution.breed(measured, 16, any, rng);
    EXPECT_EQ(batch.size(), 16u);
    for (const Candidate& c : batch) {
      EXPECT_FALSE(measured.contains(c.hash()));
      EXPECT_EQ(c.hash(), schedule::structural_hash(c.state()));
      EXPECT_TRUE(c.state().is_concrete());
      measured.add(c, 1.0);
    }
  }
  EXPECT_EQ(measured.size(), 80);
}

TEST(Evolution, ImprovesOnWhatItSampled) {
  EvolutionOptions options = small();
  options.random_share = 0;
  Bench evolved(matmul_task(128, 128, 128), options);
  options.generations = 0;
  Bench sampled(matmul_task(128, 128, 128), options);
  Rng a(1), b(1);
  const MeasuredSet nothing;
  EXPECT_GT(evolved.evolution.breed(nothing, 1, any, a)[0].score, sampled.evolution.breed(nothing, 1, any, b)[0].score);
}

TEST(Evolution, PutsFewTwinsIntoABatch) {
  EvolutionOptions options = small();
  options.population = 256;
  options.random_share = 0;
  options.diversity_cap = 2;
  Bench bench(matmul_task(128, 128, 128), options);
  Rng rng(1);
  std::map<std::uint64_t, int> seen;
  for (const Candidate& c : bench.evolution.breed({}, 16, any, rng)) EXPECT_LE(++seen[twin_key(c)], 2);
}

TEST(Evolution, ProposesNothingWhenEverythingWasMeasured) {
  const te::Tensor x = te::placeholder({3}, "x");
  Bench bench(task::make_task(
      te::Dag::make({x, te::compute({3}, "y", [&](std::span<const te::Expr> i) { return x(i[0]) + te::Expr(1.0F); })}),
      "add"));
  MeasuredSet measured;
  Rng rng(1);
  for (int round = 0; round < 20; ++round)
    for (const Candidate& c : bench.evolution.breed(measured, 16, any, rng)) measured.add(c, 1.0);
  EXPECT_TRUE(bench.evolution.breed(measured, 16, any, rng).empty());
}

TEST(MeasuredSet, KeepsTheValidOnesFastestFirst) {
  MeasuredSet measured;
  const task::Task task = matmul_task(64, 8, 8);
  const auto target = made_up_target();
  std::vector<Candidate> candidates;
  for (std::int64_t length : {2, 4, 8, 16, 32, 64}) {
    const auto state = schedule::State::replay(task.dag, {schedule::SplitStep{2, 0, 64, {length}}});
    candidates.push_back({.program = {*state, target}});
  }
  const double times_s[] = {3, 1, kNever, 2, 1};
  for (std::size_t i = 0; i < std::size(times_s); ++i) measured.add(candidates[i], times_s[i]);
  std::vector<std::uint64_t> order, expected;
  for (const auto& entry : measured.valid()) order.push_back(entry.candidate.hash());
  for (std::size_t i : {1, 4, 3, 0}) expected.push_back(candidates[i].hash());
  EXPECT_EQ(order, expected);
  EXPECT_EQ(measured.size(), 5);
  EXPECT_TRUE(measured.contains(candidates[2].hash()));
  EXPECT_FALSE(measured.contains(candidates[5].hash()));
}

TEST(Descent, EndsInAStateNoNeighbourOfWhichIsFaster) {
  Bench bench(matmul_task(64, 64, 64), small());
  DescentOptions options;
  options.centers = 1;
  options.neighbours = 1000;
  Descent descent(bench.task, bench.target, *bench.model, options);
  MeasuredSet measured;
  const auto measure = [&](const Candidate& c) {
    measured.add(c, plausible_time(bench.task, c.state()).value_or(kNever));
  };
  Rng rng(1);
  measure(bench.evolution.breed(measured, 64, any, rng).back());  // a poor one: the best leave nothing to find here
  const double before = measured.valid().front().time_s;
  for (std::vector<Candidate> batch = descent.next(measured, 8, any); !batch.empty();
       batch = descent.next(measured, 8, any)) {
    ASSERT_LE(batch.size(), 8u);
    for (const Candidate& c : batch) {
      EXPECT_FALSE(measured.contains(c.hash()));
      measure(c);
    }
  }
  const auto& best = measured.valid().front();
  EXPECT_LT(best.time_s, before);
  for (const backend::ScheduledProgram& near : neighbours(best.candidate.state(), bench.target))
    EXPECT_GE(plausible_time(bench.task, near.state()).value_or(kNever), best.time_s);
}

}  // namespace
}  // namespace tilewright::search
