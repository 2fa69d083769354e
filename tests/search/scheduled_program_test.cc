#include "backend/api/scheduled_program.h"

#include <gtest/gtest.h>

#include "backend/cpu/passes.h"
#include "cost/cost_model.h"
#include "search/made_up_runner.h"
#include "space/search_space.h"

namespace tilewright::search {
namespace {

using backend::ScheduledProgram;
using schedule::State;

backend::TargetRef target() { return made_up_target(); }

/// Samples of both spaces and what a few mutations make of them.
std::vector<State> drawn(const te::DagRef& dag) {
  std::vector<State> states;
  Rng rng(1);
  for (const char* kind : {"full", "ansor"}) {
    const space::SearchSpace space(dag, {}, space::parse_space(kind));
    const auto sketches = std::ssize(space.sketches()), mutations = std::ssize(space.mutations());
    for (int i = 0; i < 40; ++i) {
      auto state = space.sample(static_cast<int>(rng.below(sketches)), rng);
      if (!state) continue;
      auto child = space.mutate(*state, static_cast<int>(rng.below(mutations)), rng);
      states.push_back(std::move(*state));
      if (child) states.push_back(std::move(*child));
    }
  }
  return states;
}

/// The same schedule as a record leads to it, with nothing inferred yet.
State replayed(const State& state) { return *State::replay(state.base_dag(), state.steps()); }

TEST(ScheduledProgram, IsWhatLoweringAndFinishingTheStateAnewLeadTo) {
  const std::vector<State> states = drawn(matmul_task(48, 60, 36).dag);
  EXPECT_GT(states.size(), 40U);
  int with_program = 0;
  for (const State& state : states) {
    const Result<loop::Program> lowered = loop::lower(replayed(state));
    ScheduledProgram direct(state, target()), asked_for_bounds(replayed(state), target());
    EXPECT_EQ(direct.hash(), asked_for_bounds.hash());
    EXPECT_EQ(static_cast<bool>(asked_for_bounds.bounds()), asked_for_bounds.has_bounds());
    ScheduledProgram forgetful = direct;
    ASSERT_EQ(static_cast<bool>(direct.program()), static_cast<bool>(lowered));
    if (!lowered) {
      EXPECT_EQ(direct.program().message(), lowered.message());
      continue;
    }
    ++with_program;
    const loop::Program finished = cpu::run_target_passes(*lowered, *target());
    forgetful.forget_program();
    for (const ScheduledProgram& program : {direct, asked_for_bounds, forgetful}) {
      EXPECT_EQ(to_text(*program.program()), to_text(finished));
      EXPECT_EQ(program.program_hash(), loop::structural_hash(finished));
      EXPECT_EQ(program.hash(), direct.hash());
    }
  }
  EXPECT_GT(with_program, 40);
}

TEST(ScheduledProgram, IsPredictedAlikeHoweverItCameAbout) {
  const std::vector<State> states = drawn(matmul_task(48, 60, 36).dag);
  std::vector<ScheduledProgram> bred, recorded;
  for (const State& state : states) {
    bred.emplace_back(state, target());
    recorded.emplace_back(replayed(state), target());
    recorded.back().program();
    if (recorded.size() % 2 == 0) recorded.back().forget_program();
  }
  std::vector<task::Measurement> results(states.size());
  Rng rng(2);
  for (task::Measurement& result : results) result.times_s = {1e-3 * (1 + rng.uniform())};
  for (const char* name : {"random", "analytic", "gbdt", "hybrid"}) {
    const auto model = cost::make_cost_model(name, {*made_up_target(), 1, 0});
    EXPECT_EQ(model->predict({}, bred), model->predict({}, recorded)) << name;
    model->update({}, bred, results);
    model->learn();
    EXPECT_EQ(model->predict({}, bred), model->predict({}, recorded)) << name;
  }
}

TEST(ScheduledProgram, OfAStateWithoutBoundsSaysWhy) {
  const State open = *State::replay(matmul_task(8, 8, 8).dag, {schedule::SplitStep{2, 0, 8, {schedule::kUnknown}}});
  const ScheduledProgram program(open, target());
  EXPECT_FALSE(program.has_bounds());
  EXPECT_FALSE(program.bounds());
  EXPECT_FALSE(program.program());
  EXPECT_EQ(program.program().message(), loop::lower(open).message());
}

}  // namespace
}  // namespace tilewright::search
