#include "cost/learn/learned_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "cost/analytic/analytic_model.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

using Kind = LearnedCostModel::Kind;

ModelOptions options(int threads = 1, std::uint64_t seed = 5) {
  ModelOptions result;
  result.target.vector_bytes = 64;
  result.target.vector_registers = 32;
  result.target.cores = 2;
  result.threads = threads;
  result.seed = seed;
  result.priors = false;
  return result;
}

/// Tiled matmuls, all different.
std::vector<schedule::State> candidates() {
  const te::DagRef dag = matmul(512, 512, 512);
  std::vector<schedule::State> states;
  for (std::int64_t rows : {1, 2, 4, 8, 16})
    for (std::int64_t columns : {16, 32, 64})
      for (std::int64_t steps : {1, 4, 16, 64})
        for (std::int64_t blocks : {1, 2, 4})
          states.push_back(tiled_matmul(dag, {.rows = rows, .columns = columns, .steps = steps, .row_blocks = blocks}));
  return states;
}

/// A machine of our own making, on which long inner reductions are slow.
std::vector<task::Measurement> measured(const std::vector<schedule::State>& states) {
  std::vector<task::Measurement> results;
  for (const schedule::State& state : states) {
    const Analysis analysis(lowered(state), machine_of(options().target));
    const double steps = static_cast<double>(std::get<schedule::SplitStep>(state.step(3)).lengths[0]);
    task::Measurement m;
    m.times_s = {analysis.total.cycles * 1e-9 * (1 + 0.2 * steps)};
    results.push_back(m);
  }
  return results;
}

/// Share of the pairs that scores put in the right order.
double agreement(const std::vector<double>& scores, const std::vector<task::Measurement>& results) {
  int right = 0, all = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      right += (scores[i] > scores[j]) == (results[i].time_s() < results[j].time_s()) ? 1 : 0;
      ++all;
    }
  return static_cast<double>(right) / all;
}

void teach(CostModel& model, const std::vector<backend::ScheduledProgram>& programs,
           const std::vector<task::Measurement>& results) {
  for (std::size_t i = 0; i + 16 <= programs.size(); i += 16) {
    model.update({}, {programs.data() + i, 16}, {results.data() + i, 16});
    model.learn();
  }
}

TEST(Hybrid, IsTheAnalyticModelWhileItKnowsNothing) {
  const auto states = candidates();
  const auto programs = scheduled(states, options().target);
  const auto hybrid = make_cost_model("hybrid", options())->predict({}, programs);
  const auto analytic = make_cost_model("analytic", options())->predict({}, programs);
  for (std::size_t i = 0; i < programs.size(); ++i) EXPECT_NEAR(hybrid[i], analytic[i], 1e-3);
}

TEST(Hybrid, LearnsWhatTheAnalyticModelMisses) {
  const auto states = candidates();
  const auto programs = scheduled(states, options().target);
  const auto results = measured(states);
  const auto model = make_cost_model("hybrid", options());
  const double before = agreement(model->predict({}, programs), results);
  teach(*model, programs, results);
  const double after = agreement(model->predict({}, programs), results);
  EXPECT_LT(before, 0.85);
  EXPECT_GT(after, 0.93);
}

TEST(Gbdt, ScoresAtRandomUntilItIsWarmAndThenLearns) {
  const auto states = candidates();
  const auto programs = scheduled(states, options().target);
  const auto results = measured(states);
  const auto model = make_cost_model("gbdt", options());
  EXPECT_NEAR(agreement(model->predict({}, programs), results), 0.5, 0.1);
  model->update({}, {programs.data(), 48}, {results.data(), 48});
  model->learn();
  EXPECT_NEAR(agreement(model->predict({}, programs), results), 0.5, 0.1);
  teach(*model, programs, results);
  EXPECT_GT(agreement(model->predict({}, programs), results), 0.9);
}

TEST(LearnedModels, AnswerAlikeForEveryNumberOfThreads) {
  const auto states = candidates();
  const auto programs = scheduled(states, options().target);
  const auto results = measured(states);
  for (const char* name : {"gbdt", "hybrid"}) {
    const auto scores = [&](int threads) {
      const auto model = make_cost_model(name, options(threads));
      teach(*model, programs, results);
      return model->predict({}, programs);
    };
    EXPECT_EQ(scores(1), scores(3)) << name;
  }
}

TEST(LearnedModels, GiveUpOnAStateWithoutAProgram) {
  const te::DagRef dag = matmul(8, 8, 8);
  const auto sketch = schedule::State::replay(dag, {schedule::SplitStep{2, 0, 8, {schedule::kUnknown}}});
  ASSERT_TRUE(sketch) << sketch.message();
  for (const char* name : {"gbdt", "hybrid"})
    EXPECT_EQ(make_cost_model(name, options())->predict({}, scheduled({*sketch}, options().target)),
              std::vector<double>{-HUGE_VAL})
        << name;
}

TEST(Priors, ChangeWhatIsKnownAtTheStart) {
  const auto states = candidates();
  const auto programs = scheduled(states, options().target);
  ModelOptions with = options();
  with.priors = true;
  EXPECT_NE(make_cost_model("hybrid", with)->predict({}, programs),
            make_cost_model("hybrid", options())->predict({}, programs));
}

}  // namespace
}  // namespace tilewright::cost
