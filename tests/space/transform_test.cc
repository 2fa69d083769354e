#include <gtest/gtest.h>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "ops/elementwise.h"
#include "ops/winograd.h"
#include "space/search_space.h"
#include "space/winograd_stages.h"
#include "support/expect_close.h"
#include "te/error_bound.h"

namespace tilewright::space {
namespace {

using schedule::ComputeAt;
using schedule::State;

/// A small convolution by Winograd, followed by max(x, 0) if `with_relu`.
te::DagRef winograd(std::int64_t tile, const std::vector<std::int64_t>& data, std::int64_t filters, bool with_relu) {
  const te::Tensor x = te::placeholder(data, "x"),
                   w = te::constant_placeholder({tile + 2, tile + 2, data[3], filters}, "w");
  const te::Tensor y = ops::winograd_conv2d(x, w, {.tile = tile, .padding = {1, 1, 1, 1}});
  return te::Dag::make({x, w, with_relu ? ops::relu(y) : y});
}

Hardware small_machine() {
  Hardware hardware;
  hardware.cores = 2;
  hardware.vector_lanes = 4;
  return hardware;
}

const schedule::Stage& stage_named(const State& state, const std::string& name) {
  for (int s = 0; s < state.num_stages(); ++s)
    if (state.stage(s).tensor->name == name) return state.stage(s);
  TW_CHECK(false, "no stage {}", name);
}

std::string annotations(const schedule::Stage& stage) {
  std::string text;
  for (const schedule::Iterator& loop : stage.iters) text += "-uvp"[static_cast<int>(loop.annotation)];
  return text;
}

TEST(TransformTile, IsReadFromTheAttribute) {
  const te::Tensor x = te::placeholder({8, 8}, "x");
  const auto copy = [&](std::map<std::string, std::string> attributes) {
    return te::compute({8, 8}, "y", [&](std::span<const te::Expr> i) { return x(i[0], i[1]); }, {}, attributes);
  };
  EXPECT_TRUE(transform_tile(*copy({})).empty());
  const auto tile = transform_tile(*copy({{"transform_tile", "1:4,0:8"}}));
  ASSERT_EQ(tile.size(), 2u);
  EXPECT_EQ(tile[0].axis, 1);
  EXPECT_EQ(tile[0].length, 4);
  EXPECT_EQ(tile[1].axis, 0);
  EXPECT_EQ(tile[1].length, 8);
}

TEST(Transforms, AreStraightLineCodeOverATileInEverySketchAndTheDefaultSchedule) {
  const SearchSpace space(winograd(4, {1, 13, 13, 16}, 24, true), small_machine(), {});
  std::vector<State> states = space.sketches();
  states.push_back(space.default_state());
  for (const State& state : states) {
    SCOPED_TRACE(schedule::to_text(state));
    EXPECT_EQ(annotations(stage_named(state, "winograd_columns")), "-uuv");
    EXPECT_EQ(annotations(stage_named(state, "winograd_back")), "-uuv");
    EXPECT_EQ(stage_named(state, "winograd_columns").compute_at, ComputeAt::iter);
    EXPECT_EQ(stage_named(state, "winograd_back").compute_at, ComputeAt::iter);
    EXPECT_EQ(stage_named(state, "conv2d_winograd").compute_at, ComputeAt::inlined);
    EXPECT_TRUE(annotations(stage_named(state, "winograd_data")).ends_with("uuv"));
    EXPECT_TRUE(annotations(stage_named(state, "T_relu")).ends_with("uuv"));
  }
}

TEST(Transforms, StayWhereTheyAreInSamplesAndMutations) {
  const SearchSpace space(winograd(2, {1, 8, 8, 16}, 16, true), small_machine(), {});
  Rng rng(3);
  int states = 0;
  for (int draw = 0; draw < 20; ++draw) {
    auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
    for (int mutation = 0; state && mutation < std::ssize(space.mutations()); ++mutation) {
      EXPECT_EQ(stage_named(*state, "winograd_columns").compute_at, ComputeAt::iter);
      EXPECT_EQ(stage_named(*state, "conv2d_winograd").compute_at, ComputeAt::inlined);
      ++states;
      if (auto child = space.mutate(*state, mutation, rng)) state = std::move(child);
    }
  }
  EXPECT_GT(states, 100);
}

TEST(Transforms, ComputeTheSameInAllSchedules) {
  int agreed = 0;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    Rng rng(seed);
    Hardware hardware = small_machine();
    hardware.vector_lanes = 4 << rng.below(3);
    const std::vector<std::int64_t> data{rng.between(1, 2), rng.between(1, 9), rng.between(1, 9), 5};
    const te::DagRef dag = winograd(rng.chance(0.5) ? 2 : 4, data, rng.between(1, 6), rng.chance(0.7));
    const std::vector<te::Array> inputs = te::random_inputs(*dag, seed);
    const std::vector<te::BoundedArray> expected = te::interpret_with_bounds(*dag, inputs);
    const SearchSpace space(dag, hardware, rng.chance(0.3) ? SpaceOptions::ansor() : SpaceOptions{});
    std::vector<State> states{space.default_state()};
    for (int draw = 0; draw < 3; ++draw)
      if (auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng))
        states.push_back(std::move(*state));
    for (const State& state : states) {
      const Result<loop::Program> program = loop::lower(state);
      ASSERT_TRUE(program) << "seed " << seed << ": " << program.message() << "\n" << schedule::to_text(state);
      const auto wrong = support::difference(loop::interpret(*program, inputs), expected);
      ASSERT_FALSE(wrong) << "seed " << seed << ": " << *wrong << "\n" << loop::to_text(*program);
      ++agreed;
    }
  }
  EXPECT_GT(agreed, 70);
}

}  // namespace
}  // namespace tilewright::space
