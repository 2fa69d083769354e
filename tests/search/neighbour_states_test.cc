#include "search/evolve/neighbour_states.h"

#include <gtest/gtest.h>

#include <set>

#include "base/integer.h"
#include "search/made_up_runner.h"

namespace tilewright::search {
namespace {

using schedule::SplitStep;
using schedule::State;

std::vector<backend::ScheduledProgram> around(const State& state, int lanes = 1) {
  return neighbours(state, made_up_target(), lanes);
}

TEST(Neighbours, MoveOnePrimeFactorBetweenTwoLoopsOfOneSplit) {
  const task::Task task = matmul_task(12, 5, 1);
  const Result<State> state = State::replay(task.dag, {SplitStep{2, 0, 12, {2, 3}}});
  ASSERT_TRUE(state) << state.message();
  std::set<std::vector<std::int64_t>> found;
  for (const auto& near : around(*state)) found.insert(std::get<SplitStep>(near.state().step(0)).lengths);
  // 12 = 2 x 2 x 3: the outermost 2 to either, the middle 2 to either, the inner 3 to either.
  const std::set<std::vector<std::int64_t>> expected{{4, 3}, {2, 6}, {1, 3}, {1, 6}, {2, 1}, {6, 1}};
  EXPECT_EQ(found, expected);
}

TEST(Neighbours, KeepEveryProductAndChangeOneStep) {
  const task::Task task = matmul_task(64, 48, 30);
  const Result<State> state = State::replay(
      task.dag, {SplitStep{2, 0, 64, {2, 2, 8}}, SplitStep{2, 4, 48, {1, 3, 16}}, SplitStep{2, 8, 30, {5}}});
  ASSERT_TRUE(state) << state.message();
  const std::vector<backend::ScheduledProgram> all = around(*state);
  EXPECT_GT(all.size(), 10u);
  std::set<std::uint64_t> hashes;
  for (const backend::ScheduledProgram& near : all) {
    const State& s = near.state();
    EXPECT_TRUE(hashes.insert(near.hash()).second);
    int changed = 0;
    for (int i = 0; i < s.num_steps(); ++i) {
      const auto &before = std::get<SplitStep>(state->step(i)), &after = std::get<SplitStep>(s.step(i));
      changed += before.lengths != after.lengths;
      EXPECT_EQ(after.extent % product(after.lengths), 0);
    }
    EXPECT_EQ(changed, 1);
  }
}

TEST(Neighbours, TurnHintsAtMemoryIntoTheirOpposites) {
  const task::Task task = matmul_task(8, 8, 1);
  const Result<State> state = State::replay(
      task.dag, {schedule::PragmaStep{2, 0, "prefetch_constants$0"}, schedule::PragmaStep{2, 0, "stream_stores$1"}});
  ASSERT_TRUE(state) << state.message();
  std::set<std::pair<bool, bool>> found;
  for (const auto& near : around(*state))
    found.emplace(near.state().stage(2).prefetch_constants, near.state().stage(2).stream_stores);
  EXPECT_EQ(found, (std::set<std::pair<bool, bool>>{{true, true}, {false, false}}));
}

TEST(Neighbours, KeepVectorsOfWholeRegistersIfToldTheirLength) {
  const task::Task task = matmul_task(8, 96, 8);
  const Result<State> state = State::replay(
      task.dag, {SplitStep{2, 1, 96, {2, 16}}, schedule::AnnotateStep{2, 3, schedule::Annotation::vectorize}});
  ASSERT_TRUE(state) << state.message();
  const auto widths = [&](int lanes) {
    std::set<std::int64_t> found;
    for (const auto& near : around(*state, lanes))
      found.insert(std::get<SplitStep>(near.state().step(0)).lengths.back());
    return found;
  };
  EXPECT_EQ(widths(1), (std::set<std::int64_t>{8, 16, 32, 48}));
  EXPECT_EQ(widths(16), (std::set<std::int64_t>{16, 32, 48}));
  EXPECT_EQ(widths(8), (std::set<std::int64_t>{8, 16, 32}));
}

TEST(Neighbours, TryTheOtherUnrollLimits) {
  const task::Task task = matmul_task(7, 1, 1);
  const Result<State> state = State::replay(task.dag, {schedule::PragmaStep{2, 0, "auto_unroll_max_step$16"}});
  ASSERT_TRUE(state) << state.message();
  std::set<std::string> found;
  for (const auto& near : around(*state)) found.insert(std::get<schedule::PragmaStep>(near.state().step(0)).text);
  EXPECT_EQ(found,
            (std::set<std::string>{"auto_unroll_max_step$0", "auto_unroll_max_step$64", "auto_unroll_max_step$512"}));
}

TEST(Neighbours, OfAStateWithoutChoicesAreNone) {
  EXPECT_TRUE(around(State::initial(matmul_task(8, 8, 8).dag)).empty());
}

}  // namespace
}  // namespace tilewright::search
