// What docs/ansor.md §4 says of complete states.
#include <gtest/gtest.h>

#include "base/integer.h"
#include "schedule/codec.h"
#include "schedule/workloads.h"
#include "space/sample/annotation_rules.h"
#include "space/search_space.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::State;

Hardware two_cores() {
  Hardware hardware;
  hardware.cores = 2;
  return hardware;
}

template <class F>
void for_each_sample(F&& check) {
  Rng rng(11);
  int tried = 0, drawn = 0;
  for (const auto& [name, dag] : workloads::all()) {
    const SearchSpace space(dag, two_cores(), SpaceOptions::ansor());
    for (int sketch = 0; sketch < std::ssize(space.sketches()); ++sketch)
      for (int draw = 0; draw < 3; ++draw) {
        ++tried;
        if (const auto state = space.sample(sketch, rng)) {
          ++drawn;
          check(space.sketches()[static_cast<std::size_t>(sketch)], *state);
        }
      }
  }
  EXPECT_GT(drawn, tried / 2);
}

TEST(Sample, BeginsWithItsSketch) {
  for_each_sample([](const State& sketch, const State& state) {
    ASSERT_GE(state.num_steps(), sketch.num_steps());
    for (int i = 0; i < sketch.num_steps(); ++i) {
      const auto* open = std::get_if<schedule::SplitStep>(&sketch.step(i));
      if (!open) {
        EXPECT_EQ(schedule::to_json(state.step(i)), schedule::to_json(sketch.step(i)));
        continue;
      }
      const auto& filled = std::get<schedule::SplitStep>(state.step(i));
      EXPECT_EQ(filled.extent % product(filled.lengths), 0);
      EXPECT_LE(filled.lengths.back(), kMaxInnermostLength);
    }
  });
}

TEST(Sample, AnnotatesAfterMovingAndMovesAfterTiling) {
  for_each_sample([](const State& sketch, const State& state) {
    const auto phase = [](const schedule::Step& step) {
      if (const auto* annotate = std::get_if<schedule::AnnotateStep>(&step))
        return annotate->annotation == Annotation::parallel ? 1 : 3;
      if (std::holds_alternative<schedule::PragmaStep>(step)) return 2;
      return std::holds_alternative<schedule::FuseStep>(step) ? -1 : 0;  // fusions belong to the annotation after them
    };
    int last = 0;
    for (int i = sketch.num_steps(); i < state.num_steps(); ++i) {
      if (phase(state.step(i)) < 0) continue;
      EXPECT_GE(phase(state.step(i)), last) << schedule::to_json(state.steps());
      last = phase(state.step(i));
    }
  });
}

/// Whether one of the loops 0 … last runs in parallel.
bool has_parallel(const State& state, int stage, std::size_t last) {
  const std::vector<schedule::Iterator>& loops = state.stage(stage).iters;
  for (std::size_t i = 0; i < std::min(loops.size(), last + 1); ++i)
    if (loops[i].annotation == Annotation::parallel) return true;
  return false;
}

TEST(Sample, NeverNestsParallelLoops) {
  for_each_sample([](const State&, const State& state) {
    for (int s = 0; s < state.num_stages(); ++s) {
      if (!has_parallel(state, s, state.stage(s).iters.size())) continue;
      for (int inner = s; state.stage(inner).compute_at == schedule::ComputeAt::iter;) {
        const schedule::Stage& stage = state.stage(inner);
        EXPECT_FALSE(has_parallel(state, stage.attach_stage, static_cast<std::size_t>(stage.attach_iter)))
            << to_text(state);
        inner = stage.attach_stage;
      }
    }
  });
}

TEST(Sample, VectorizesAtMostSixteenElements) {
  for_each_sample([](const State&, const State& state) {
    for (int s = 0; s < state.num_stages(); ++s)
      for (const schedule::Iterator& loop : state.stage(s).iters)
        EXPECT_TRUE(loop.annotation != Annotation::vectorize || loop.extent <= 16) << to_text(state);
  });
}

TEST(ComputeLocations, AreTheOuterTilesAndTheFirstReductionTileOfATiledConsumer) {
  const SearchSpace space(workloads::all().at("conv2d_nhwc_plain"), two_cores(), SpaceOptions::ansor());
  std::vector<schedule::Step> steps = space.sketches()[0].steps();
  for (schedule::Step& step : steps)
    if (auto* split = std::get_if<schedule::SplitStep>(&step))
      split->lengths = split->lengths.size() == 1 ? std::vector<std::int64_t>{1}
                                                  : std::vector<std::int64_t>(3, split->extent >= 8 ? 2 : 1);
  const State state = *State::replay(space.dag(), steps);
  // Loops of the convolution (stage 3): nn.0 yy.0 xx.0 ff.0 nn.1 yy.1 xx.1 ff.1 ry.0 rx.0 rc.0 …; those of nn have one
  // iteration and are no place.
  std::vector<int> loops;
  for (const Location& at : compute_locations(state, 1)) {
    EXPECT_EQ(at.stage, 3);
    loops.push_back(at.iter);
  }
  EXPECT_EQ(loops, (std::vector<int>{1, 2, 3, 5, 6, 7, 8, 9, 10}));
}

TEST(SimplifyConstTensor, UnrollsTheNamedLoopsAndTilesTheOthers) {
  const te::Tensor a = te::placeholder({4, 16}, "a"), b = te::placeholder({4, 6}, "b");
  const te::AxisRef r = te::reduce_axis(4, "r");
  const te::Tensor c =
      te::compute({6, 16}, "c", [&](std::span<const te::Expr> i) { return te::sum(a(r, i[1]) * b(r, i[0]), {r}); },
                  {"eps", "p"}, {{"auto_scheduler_simplify_const_tensor_indices", "eps,r"}});
  const SearchSpace space(te::Dag::make({a, b, c}), two_cores(), SpaceOptions::ansor());
  ASSERT_EQ(space.sketches().size(), 1U);
  EXPECT_EQ(schedule::to_json(space.sketches()[0].steps()).dump(),
            R"([["AN",2,0,1],["SP",2,1,16,[null],1],["AN",2,3,1],["RE",2,[1,2,0,3]]])");
}

}  // namespace
}  // namespace tilewright::space
