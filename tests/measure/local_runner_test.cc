#include "measure/runner/local_runner.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "backend/cpu/backend.h"
#include "schedule/step.h"
#include "target/host.h"

namespace tilewright::measure {
namespace {

using schedule::State;

constexpr double kNoIncumbent = std::numeric_limits<double>::infinity();

te::DagRef matmul(std::int64_t m, std::int64_t n, std::int64_t k) {
  const te::Tensor a = te::placeholder({m, k}, "A"), b = te::placeholder({k, n}, "B");
  const te::AxisRef axis = te::reduce_axis(k, "k");
  const te::Tensor c = te::compute(
      {m, n}, "C", [&](std::span<const te::Expr> i) { return te::sum(a(i[0], axis) * b(axis, i[1]), {axis}); });
  return te::Dag::make({a, b, c});
}

/// C's loops i, j, k with i split by `inner` and parallel.
State tiled(const te::DagRef& dag, std::int64_t inner) {
  State state = State::initial(dag);
  EXPECT_TRUE(state.apply(schedule::SplitStep{2, 0, dag->ops()[2].dim(0), {inner}, true}));
  EXPECT_TRUE(state.apply(schedule::AnnotateStep{2, 0, schedule::Annotation::parallel}));
  return state;
}

/// A split whose length is not chosen can't be lowered.
State incomplete(const te::DagRef& dag) { return tiled(dag, schedule::kUnknown); }

std::vector<backend::ScheduledProgram> for_host(const std::vector<State>& states) {
  return backend::scheduled_programs(states, cpu::make_target(target::host_target()));
}

class LocalRunnerTest : public testing::Test {
 protected:
  static LocalRunner::Options options() {
    LocalRunner::Options options;
    options.target = cpu::make_target(target::host_target());
    options.threads = 2;
    options.timeout_s = 30;  // far beyond what a kernel takes on a busy machine
    options.repetition.max_time_s = 2e-3;
    return options;
  }
  LocalRunner runner_{options()};
};

TEST_F(LocalRunnerTest, MeasuresWhatRunsAndReportsWhatDoesNot) {
  const task::Task task = task::make_task(matmul(12, 16, 20), "matmul 12x16x20");
  const std::vector<State> states = {State::initial(task.dag), incomplete(task.dag), tiled(task.dag, 4)};
  std::vector<std::size_t> order;
  const std::vector<task::Measurement> results = runner_.measure(
      task, for_host(states), kNoIncumbent, [&](std::size_t i, const task::Measurement&) { order.push_back(i); });
  ASSERT_EQ(results.size(), 3U);
  ASSERT_EQ(order.size(), 3U);
  EXPECT_EQ(order.front(), 1U);  // that there is nothing to run is known first; which of the others is slower is not
  EXPECT_EQ(results[0].error, task::ErrorKind::none) << results[0].error_text;
  EXPECT_GT(results[0].compile_s, 0);
  EXPECT_GT(results[0].run_s, 0);
  EXPECT_EQ(results[1].error, task::ErrorKind::instantiation);
  EXPECT_FALSE(results[1].error_text.empty());
  EXPECT_EQ(results[2].error, task::ErrorKind::none) << results[2].error_text;
  EXPECT_GT(runner_.split().compile_s, 0);
  EXPECT_GT(runner_.split().run_s, 0);
}

TEST_F(LocalRunnerTest, GoesBackAndForthBetweenTasks) {
  const task::Task small = task::make_task(matmul(6, 7, 8), ""), large = task::make_task(matmul(120, 130, 140), "");
  for (int round = 0; round < 2; ++round) {
    for (const task::Task* task : {&small, &large}) {
      const std::vector<State> states = {State::initial(task->dag), tiled(task->dag, 2)};
      for (const task::Measurement& result : runner_.measure(*task, for_host(states), kNoIncumbent)) {
        EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
      }
    }
  }
}

TEST_F(LocalRunnerTest, DoesNotRunTheSameMachineCodeTwice) {
  const task::Task task = task::make_task(matmul(12, 16, 20), ""), other = task::make_task(matmul(12, 16, 24), "");
  State same = State::initial(task.dag);
  EXPECT_TRUE(same.apply(schedule::SplitStep{2, 0, 12, {1}, true}));  // an inner loop of one iteration
  const std::vector<State> states = {State::initial(task.dag), tiled(task.dag, 4), same};
  const auto results = runner_.measure(task, for_host(states), kNoIncumbent);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_FALSE(results[0].same_code);
  EXPECT_FALSE(results[1].same_code);
  EXPECT_TRUE(results[2].same_code);
  EXPECT_EQ(results[2].times_s, results[0].times_s);
  EXPECT_EQ(results[2].run_s, 0);
  EXPECT_GT(results[2].compile_s, 0);
  const std::vector<State> of_other = {State::initial(other.dag)};
  EXPECT_FALSE(runner_.measure(other, for_host(of_other), kNoIncumbent).at(0).same_code);
}

/// Two runs in each of three passes, whatever they take.
LocalRunner::Options three_passes(LocalRunner::Options options) {
  options.passes = 3;
  options.passes_of_undecided = 0;
  options.repetition = {.cut_ratio = 1e6, .least_time_s = 0, .max_time_s = 10, .min_runs = 2, .max_runs = 2};
  return options;
}

TEST_F(LocalRunnerTest, RunsContendersInEveryPass) {
  LocalRunner runner(three_passes(options()));
  const task::Task task = task::make_task(matmul(12, 16, 20), "");
  const std::vector<State> states = {State::initial(task.dag), tiled(task.dag, 4)};
  for (const task::Measurement& result : runner.measure(task, for_host(states), kNoIncumbent)) {
    EXPECT_EQ(result.times_s.size(), 6U);
    EXPECT_FALSE(result.cut_short);
  }
}

TEST_F(LocalRunnerTest, GivesTimesAtThePaceOfTheFirstBatch) {
  LocalRunner runner(three_passes(options()));
  const task::Task task = task::make_task(matmul(12, 16, 20), "");
  std::vector<double> paces;
  for (const std::int64_t inner : {4, 2, 3}) {
    const std::vector<State> states = {tiled(task.dag, inner)};
    paces.push_back(runner.measure(task, for_host(states), kNoIncumbent).at(0).pace);
  }
  EXPECT_EQ(paces[0], 1);  // nothing to compare with
  EXPECT_GE(paces[1], 1);  // if the machine was slower before, it is the first batch that is slow
  EXPECT_GT(paces[2], 0);
}

TEST_F(LocalRunnerTest, LeavesWhatIsClearlySlowerOutOfLaterPasses) {
  LocalRunner runner(three_passes(options()));
  const task::Task task = task::make_task(matmul(12, 16, 20), "");
  const std::vector<State> states = {State::initial(task.dag)};
  const task::Measurement result = runner.measure(task, for_host(states), 1e-30).at(0);
  EXPECT_LE(result.times_s.size(), 2U);
  EXPECT_TRUE(result.cut_short);
}

TEST_F(LocalRunnerTest, HoldsAContest) {
  const task::Task task = task::make_task(matmul(12, 16, 20), "");
  const std::vector<State> states = {State::initial(task.dag), tiled(task.dag, 4)};
  runner_.measure(task, for_host(states), kNoIncumbent);
  const auto results = runner_.remeasure(task, for_host(states));
  ASSERT_EQ(results.size(), 2U);
  for (const task::Measurement& result : results) {
    EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
    EXPECT_GE(result.times_s.size(), 7U);
    EXPECT_GT(result.compile_s, 0);
  }
  const std::vector<State> hopeless = {State::initial(task.dag), incomplete(task.dag)};
  EXPECT_TRUE(runner_.remeasure(task, for_host(hopeless)).empty());
}

/// A product whose right-hand side is a constant; `columns` wide blocks of it are packed for the kernel.
State packed(const te::DagRef& dag, std::int64_t columns) {
  Result<State> state = State::replay(
      dag, {schedule::SplitStep{2, 1, dag->ops()[2].dim(1), {columns}}, schedule::ReorderStep{2, {1, 0, 3, 2}},
            schedule::CacheReadStep{1, schedule::kPackedScope, {2}}, schedule::ComputeAtStep{2, 3, 0}});
  EXPECT_TRUE(state) << state.message();
  return std::move(*state);
}

TEST_F(LocalRunnerTest, HoldsAContestOfKernelsThatTakeAConstantInDifferentBlocks) {
  const te::Tensor a = te::placeholder({12, 20}, "A"), b = te::constant_placeholder({20, 48}, "B", DType::f32);
  const te::AxisRef axis = te::reduce_axis(20, "k");
  const task::Task task = task::make_task(
      te::Dag::make(
          {a, b,
           te::compute({12, 48}, "C",
                       [&](std::span<const te::Expr> i) { return te::sum(a(i[0], axis) * b(axis, i[1]), {axis}); })}),
      "");
  const std::vector<State> states = {packed(task.dag, 16), State::initial(task.dag), packed(task.dag, 24),
                                     packed(task.dag, 48)};
  for (const task::Measurement& result : runner_.measure(task, for_host(states), kNoIncumbent))
    EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
  const std::vector<task::Measurement> results =
      runner_.remeasure(task, for_host(states));  // outputs are checked in every turn's first round
  ASSERT_EQ(results.size(), states.size());
  for (const task::Measurement& result : results) {
    EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
    EXPECT_GE(result.times_s.size(), 2U);
  }
}

TEST_F(LocalRunnerTest, ChecksTheMachineAtTheStartAndFromTimeToTime) {
  LocalRunner::Options every_third = options();
  every_third.check_machine_every = 3;
  LocalRunner runner(every_third);
  const task::Task task = task::make_task(matmul(6, 7, 8), "");
  const std::vector<State> states(2, State::initial(task.dag));
  std::vector<int> checks;
  for (int batch = 0; batch < 4; ++batch) {
    runner.measure(task, for_host(states), kNoIncumbent);
    checks.push_back(runner.health().checks);
  }
  EXPECT_EQ(checks, (std::vector{1, 1, 2, 2}));
}

TEST_F(LocalRunnerTest, StopsBetweenCandidates) {
  const task::Task task = task::make_task(matmul(6, 7, 8), "");
  std::vector<State> states(5, State::initial(task.dag));
  states[1] = incomplete(task.dag);  // known at once
  int known = 0;
  const auto results = runner_.measure(
      task, for_host(states), kNoIncumbent, [&](std::size_t, const task::Measurement&) { ++known; },
      [&] { return known > 0; });
  EXPECT_EQ(results.size(), 2U);
  EXPECT_EQ(known, 2);
}

TEST_F(LocalRunnerTest, HasSeveralBatchesPending) {
  const task::Task small = task::make_task(matmul(6, 7, 8), ""), large = task::make_task(matmul(12, 16, 20), "");
  const std::vector<State> of_small = {State::initial(small.dag), incomplete(small.dag), tiled(small.dag, 2)};
  const std::vector<State> of_large = {tiled(large.dag, 4), State::initial(large.dag)};
  const auto first = runner_.submit(small, for_host(of_small), kNoIncumbent);
  const auto second = runner_.submit(large, for_host(of_large), kNoIncumbent);
  std::set<std::size_t> known_of_first, known_of_second;
  for (bool is_more = true; is_more;) {
    const auto a = first->next({}), b = second->next({});
    if (a) {
      known_of_first.insert(a->program);
      EXPECT_EQ(a->result.error == task::ErrorKind::none, a->program != 1) << a->result.error_text;
    }
    if (b) {
      known_of_second.insert(b->program);
      EXPECT_EQ(b->result.error, task::ErrorKind::none) << b->result.error_text;
    }
    is_more = a || b;
  }
  EXPECT_EQ(known_of_first, (std::set<std::size_t>{0, 1, 2}));
  EXPECT_EQ(known_of_second, (std::set<std::size_t>{0, 1}));
}

TEST_F(LocalRunnerTest, StopsWhileCompiling) {
  const task::Task task = task::make_task(matmul(6, 7, 8), "");
  const std::vector<State> states(5, State::initial(task.dag));
  EXPECT_TRUE(runner_.measure(task, for_host(states), kNoIncumbent, {}, [] { return true; }).empty());
}

TEST_F(LocalRunnerTest, MeasuresNothingWhenThereIsNothing) {
  EXPECT_TRUE(runner_.measure(task::make_task(matmul(2, 2, 2), ""), {}, kNoIncumbent).empty());
}

TEST(LocalRunner, ReportsACompileThatTakesTooLong) {
  LocalRunner::Options options;
  options.target = cpu::make_target(target::host_target());
  options.compile_timeout_s = 1e-9;
  LocalRunner runner(options);
  const task::Task task = task::make_task(matmul(6, 7, 8), "");
  const std::vector<State> states = {State::initial(task.dag)};
  const task::Measurement result = runner.measure(task, for_host(states), kNoIncumbent).at(0);
  EXPECT_EQ(result.error, task::ErrorKind::build_timeout);
  EXPECT_NE(result.error_text.find("the limit is 1e-09 s"), std::string::npos) << result.error_text;
}

TEST(LocalRunner, RunsKernelsWithAllCoresUnlessToldOtherwise) {
  LocalRunner::Options options;
  options.target = cpu::make_target(target::host_target());
  EXPECT_GE(LocalRunner(options).options().threads, 1);
}

}  // namespace
}  // namespace tilewright::measure
