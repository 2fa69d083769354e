#include "cost/analytic/analytic_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "backend/cpu/passes.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

double cycles(const Tiles& tiles, const Machine& machine = test_machine()) {
  return estimate(lowered_matmul(512, 512, 512, tiles), machine).cycles;
}

TEST(Analytic, IsWithinATenthOfPeakForARegisterTileThatFits) {
  const double peak = 512.0 * 512 * 512 / 16 / 2;  // FMAs, 16 a cycle, on two cores
  const double best = cycles({.rows = 8, .columns = 32});
  EXPECT_GE(best, peak);
  EXPECT_LE(best, 1.4 * peak);
}

TEST(Analytic, PutsATiledMatmulTenTimesBeforeANaiveOne) {
  const te::DagRef dag = matmul(512, 512, 512);
  const double naive = estimate(lowered(schedule::State::initial(dag)), test_machine()).cycles;
  EXPECT_GT(naive, 10 * cycles({}));
}

TEST(Analytic, PrefersVectorCode) { EXPECT_GT(cycles({.vectorize = false}), 8 * cycles({})); }

TEST(Analytic, PrefersAnAccumulatorThatStaysInRegisters) {
  EXPECT_GT(cycles({.unroll = 0}), 1.3 * cycles({.unroll = 512}));  // rows not unrolled: their index is no constant
}

TEST(Analytic, ChargesForAnAccumulatorBeyondTheRegisterFile) {
  EXPECT_GT(cycles({.rows = 16, .columns = 64}), 1.1 * cycles({.rows = 8, .columns = 32}));
}

TEST(Analytic, ChargesForTooFewAccumulatorsInFlight) {
  EXPECT_GT(cycles({.rows = 1, .columns = 16}), 2 * cycles({.rows = 8, .columns = 16}));
}

TEST(Analytic, SharesTheWorkOfAParallelLoopOverCores) {
  EXPECT_GT(cycles({.parallel = false}), 1.8 * cycles({}));
  Machine one = test_machine();
  one.cores = 1;
  EXPECT_GT(cycles({}, one), 1.8 * cycles({}));
}

TEST(Analytic, SeesThatThreeIterationsDoNotDivideByTwoCores) {
  // 96 rows in 3 blocks of 32 take as long as 128 rows in 4 blocks.
  const Tiles tiles{.row_blocks = 4, .column_blocks = 1};
  const double three = estimate(lowered_matmul(96, 32, 512, tiles), test_machine()).compute;
  const double four = estimate(lowered_matmul(128, 32, 512, tiles), test_machine()).compute;
  EXPECT_NEAR(three, four, 0.01 * four);
}

TEST(Analytic, ChargesForOperandsThatDoNotStayInACache) {
  Machine small = test_machine();
  small.capacity[0] = 4 << 10;
  small.capacity[1] = 64 << 10;
  const Estimate in_small = estimate(lowered_matmul(512, 512, 512, {}), small);
  const Estimate in_large = estimate(lowered_matmul(512, 512, 512, {}), test_machine());
  EXPECT_GT(in_small.traffic[0], in_large.traffic[0]);
  EXPECT_GT(in_small.traffic[1], in_large.traffic[1]);
  EXPECT_EQ(in_large.traffic[2], 0);  // 3 MiB in a cache of 32: warm
}

TEST(Analytic, ChargesForColumnsReadWithAStride) {
  const te::Tensor x = te::placeholder({256, 256}, "x");
  const auto copy = [&](bool transposed) {
    const te::DagRef dag = te::Dag::make({x, te::compute({256, 256}, "y", [&](std::span<const te::Expr> i) {
                                            return transposed ? x(i[1], i[0]) : x(i[0], i[1]);
                                          })});
    const auto state = schedule::State::replay(
        dag, {schedule::SplitStep{1, 1, 256, {16}}, schedule::AnnotateStep{1, 2, schedule::Annotation::vectorize}});
    return estimate(lowered(*state), test_machine()).compute;
  };
  EXPECT_GT(copy(true), 4 * copy(false));
}

TEST(Analytic, ScoresAreLogarithmsAndAStateWithoutProgramHasMinusInfinity) {
  const te::DagRef dag = matmul(64, 64, 64);
  ModelOptions options;
  options.target.cores = 2;
  const auto model = make_cost_model("analytic", options);
  const auto unfinished = schedule::State::replay(dag, {schedule::SplitStep{2, 0, 64, {schedule::kUnknown}}});
  ASSERT_TRUE(unfinished) << unfinished.message();
  const std::vector<schedule::State> states{schedule::State::initial(dag), *unfinished};
  const std::vector<double> scores = model->predict({}, scheduled(states, options.target));
  const loop::Program emitted = cpu::run_target_passes(lowered(states[0]), options.target);
  const double expected = -std::log2(1 + estimate(emitted, machine_of(options.target)).cycles);
  EXPECT_EQ(scores[0], expected);
  EXPECT_EQ(scores[1], -std::numeric_limits<double>::infinity());
}

TEST(Analytic, GivesTheSameAnswersOnAnyNumberOfThreads) {
  const te::DagRef dag = matmul(64, 64, 64);
  std::vector<schedule::State> states;
  for (std::int64_t rows : {1, 2, 4, 8})
    for (std::int64_t columns : {4, 8, 16})
      states.push_back(tiled_matmul(dag, {.rows = rows, .columns = columns, .steps = 4}));
  ModelOptions options;
  std::vector<std::vector<double>> answers;
  for (int threads : {1, 2, 8}) {
    options.threads = threads;
    answers.push_back(make_cost_model("analytic", options)->predict({}, scheduled(states, options.target)));
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(answers[0], answers[2]);
}

}  // namespace
}  // namespace tilewright::cost
