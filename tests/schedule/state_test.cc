#include "schedule/state.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "schedule/codec.h"
#include "schedule/workloads.h"
#include "te/interpreter.h"

namespace tilewright::schedule {
namespace {

State replay(te::DagRef dag, const std::vector<Step>& steps) {
  Result<State> state = State::replay(std::move(dag), steps);
  EXPECT_TRUE(state) << state.message();
  return std::move(*state);
}

std::vector<std::string> stage_names(const State& state) {
  std::vector<std::string> names;
  for (int i = 0; i < state.num_stages(); ++i) {
    names.push_back(state.stage(i).tensor->name);
    EXPECT_EQ(state.stage(i).tensor.op(), state.dag()->ops()[static_cast<std::size_t>(i)].op());
  }
  return names;
}

TEST(State, ACopyDoesNotSeeLaterSteps) {
  const State before = State::initial(workloads::matmul(8, 8, 8));
  State after = before;
  ASSERT_TRUE(after.apply(FuseStep{2, {0, 1}}));
  EXPECT_EQ(before.stage(2).iters.size(), 3U);
  EXPECT_EQ(after.stage(2).iters.size(), 2U);
  EXPECT_EQ(before.num_steps(), 0);
}

TEST(State, AttachmentsFollowTheirLoopThroughSplitFuseAndReorder) {
  // Stages: 0 A, 1 B, 2 C, 3 bias, 4 D, 5 compute.
  State state = replay(workloads::matmul_bias_relu(8, 8, 8), {ComputeAtStep{2, 5, 1}, ComputeAtStep{4, 5, 1}});
  const auto attached_at = [&](const Step& step) {
    EXPECT_TRUE(state.apply(step));
    EXPECT_EQ(state.stage(2).attach_iter, state.stage(4).attach_iter);
    return state.stage(2).attach_iter;
  };
  EXPECT_EQ(attached_at(SplitStep{5, 0, 8, {2}, true}), 2);     // a loop further out: shifts
  EXPECT_EQ(attached_at(SplitStep{5, 2, 8, {2, 2}, true}), 4);  // its own loop: the innermost part
  EXPECT_EQ(attached_at(FuseStep{5, {0, 1}}), 3);               // loops further out: shifts back
  EXPECT_EQ(attached_at(ReorderStep{5, {3, 0, 1, 2}}), 0);      // moves with the loop
  EXPECT_EQ(attached_at(ReorderStep{5, {1, 2, 0, 3}}), 2);
  EXPECT_EQ(attached_at(FuseStep{5, {1, 2}}), 1);  // the last loop fused: the fused loop
  EXPECT_EQ(state.attached_to(5, 1), (std::vector<int>{2, 4}));
}

TEST(State, AttachmentsFollowTheirStageWhenOneIsInserted) {
  State state = replay(workloads::matmul_bias_relu(8, 8, 8), {ComputeAtStep{4, 5, 0}, CacheWriteStep{2, "local"}});
  EXPECT_EQ(stage_names(state), (std::vector<std::string>{"A", "B", "C.local", "C", "bias", "D", "compute"}));
  EXPECT_EQ(state.attached_to(6, 0), std::vector<int>{5});
  ASSERT_TRUE(state.apply(CacheReadStep{0, "copied", {2}}));
  EXPECT_EQ(stage_names(state),
            (std::vector<std::string>{"A", "A.copied", "B", "C.local", "C", "bias", "D", "compute"}));
  EXPECT_EQ(state.attached_to(7, 0), std::vector<int>{6});
}

TEST(State, ACacheReadServesOnlyItsReaders) {
  // A is read by stage 2 (T_softmax_exp) and stage 1 (T_softmax_maxelem); the copy stands right after it.
  const State state = replay(workloads::softmax(4, 4), {CacheReadStep{0, "local", {2}}});
  EXPECT_EQ(stage_names(state), (std::vector<std::string>{"A", "A.local", "T_softmax_maxelem", "T_softmax_exp",
                                                          "T_softmax_expsum", "T_softmax_norm"}));
  EXPECT_EQ(state.dag()->readers(0), (std::vector<int>{1, 2}));
  EXPECT_EQ(state.dag()->readers(1), (std::vector<int>{3}));
}

TEST(State, RelationsKeepResolvedLengths) {
  const State state = replay(workloads::matmul_bias_relu(8, 8, 8),
                             {SplitStep{2, 0, 8, {2, 1, 3}, true}, FollowSplitStep{5, 0, 0, 2}, FuseStep{5, {0, 1}}});
  const Stage& stage = state.stage(5);
  ASSERT_EQ(stage.relations.size(), 2U);
  const auto& split = std::get<SplitRelation>(stage.relations[0]);
  EXPECT_EQ(split.parent, 0);
  EXPECT_EQ(split.parts, (std::vector<int>{2, 3, 4}));
  EXPECT_EQ(split.lengths, (std::vector<std::int64_t>{2, 3}));
  const auto& fuse = std::get<FuseRelation>(stage.relations[1]);
  EXPECT_EQ(fuse.parts, (std::vector<int>{2, 3}));
  EXPECT_EQ(fuse.fused, 5);
  EXPECT_EQ(stage.iters[0].id, 5);
  EXPECT_EQ(stage.iters[0].extent, 2 * 2);  // ceil(8 / 6) times 2
  EXPECT_EQ(stage.iters[0].name, "i0.0@i0.1@");
}

TEST(State, WithStepChangesFollowersToo) {
  const State state =
      replay(workloads::matmul_bias_relu(8, 8, 8), {SplitStep{2, 0, 8, {2}, true}, FollowSplitStep{5, 0, 0, 1}});
  const Result<State> changed = state.with_step(0, SplitStep{2, 0, 8, {4}, true});
  ASSERT_TRUE(changed) << changed.message();
  EXPECT_EQ(changed->stage(5).iters[1].extent, 4);
  EXPECT_EQ(state.stage(5).iters[1].extent, 2);
  EXPECT_FALSE(state.with_step(0, SplitStep{2, 0, 8, {0}, true}));
}

TEST(State, HashesDifferExactlyWhenTextsDo) {
  const te::DagRef dag = workloads::matmul(8, 8, 8);
  const std::vector<std::vector<Step>> schedules{
      {},
      {FuseStep{2, {0, 1}}},
      {SplitStep{2, 0, 8, {2}, true}},
      {SplitStep{2, 0, 8, {4}, true}},
      {SplitStep{2, 0, 8, {1}, true}},
      {SplitStep{2, 0, 8, {1}, true}, AnnotateStep{2, 1, Annotation::unroll}},  // of a trivial loop: not seen
      {AnnotateStep{2, 0, Annotation::parallel}},
      {PragmaStep{2, 0, "auto_unroll_max_step$16"}},
      {PragmaStep{2, 0, "auto_unroll_max_step$64"}},
      {StorageAlignStep{2, 0, 16, 8}},
      {CacheWriteStep{2, "local"}},
      {CacheWriteStep{2, "local"}, ComputeAtStep{2, 3, 0}},
      {CacheWriteStep{2, "local"}, ComputeAtStep{2, 3, 1}},
  };
  for (const auto& a : schedules)
    for (const auto& b : schedules) {
      const State x = replay(dag, a), y = replay(dag, b);
      EXPECT_EQ(structural_hash(x) == structural_hash(y), to_text(x) == to_text(y)) << to_text(x) << to_text(y);
    }
}

TEST(State, SetExtentsShowsInText) {
  State state = replay(workloads::matmul_bias_relu(8, 8, 8), {ComputeAtStep{2, 5, 0}, ComputeInlineStep{4}});
  state.set_extents({{}, {}, {1, 8, 8}, {}, {}, {8, kUnknown}});
  EXPECT_EQ(to_text(state),
            "Placeholder: A, B, bias\n"
            "for i0 (0,8)\n"
            "  for j (0,8)\n"
            "    for k (0,8)\n"
            "      C = ...\n"
            "  for i1 (0,8)\n"
            "    compute = ...\n");
}

// rfactor, cache_write and cache_read change how a DAG computes, not what.
TEST(State, RewrittenDagsComputeTheSame) {
  const std::vector<std::pair<te::DagRef, std::vector<Step>>> cases{
      {workloads::matmul(3, 10, 5), {SplitStep{2, 2, 10, {4}, true}, RfactorStep{2, 2, 2}}},  // 4 does not divide 10
      {workloads::matmul(3, 10, 5), {SplitStep{2, 2, 10, {4}, true}, RfactorStep{2, 3, 0}}},
      {workloads::matmul(3, 10, 5), {SplitStep{2, 2, 10, {3, 2}, true}, RfactorStep{2, 3, 1}}},
      {workloads::matmul(3, 10, 5), {SplitStep{2, 2, 10, {3, 3}, false}, RfactorStep{2, 4, 1}}},
      {workloads::parsed("norm:b=2,m=3,n=7"),
       {FuseStep{1, {1, 2}}, SplitStep{1, 1, 21, {4}, true}, RfactorStep{1, 2, 1}}},
      {workloads::parsed("norm:b=2,m=3,n=7"), {SplitStep{1, 2, 7, {4}, true}, RfactorStep{1, 3, 0}}},
      {workloads::max_pool2d(8, 4, 3), {FuseStep{2, {4, 5}}, SplitStep{2, 4, 9, {2}, true}, RfactorStep{2, 5, 4}}},
      {workloads::reduce_sum_all(3, 5), {FuseStep{1, {0, 1}}, SplitStep{1, 0, 15, {4}, true}, RfactorStep{1, 0, 0}}},
      {workloads::softmax(4, 6), {CacheReadStep{0, "local", {2}}, CacheWriteStep{2, "local"}}},
      {workloads::conv2d_bias_relu({6, 4, 3, 3, 1, 1}), {CacheWriteStep{3, "local"}, CacheReadStep{1, "local", {3}}}},
  };
  for (const auto& [dag, steps] : cases) {
    const State state = replay(dag, steps);
    const std::vector<te::Array> inputs = te::random_inputs(*dag, 7);
    const std::vector<te::Array> before = te::interpret(*dag, inputs), after = te::interpret(*state.dag(), inputs);
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t o = 0; o < before.size(); ++o) {
      EXPECT_EQ(before[o].shape, after[o].shape);
      for (std::size_t i = 0; i < before[o].values.size(); ++i)
        EXPECT_NEAR(before[o].values[i], after[o].values[i], 1e-5) << te::to_text(*state.dag());
    }
  }
}

Step random_step(Rng& rng) {
  const auto small = [&] { return static_cast<int>(rng.between(-1, 8)); };
  const auto list = [&] {
    std::vector<int> values;
    for (std::int64_t n = rng.below(4); n > 0; --n) values.push_back(small());
    return values;
  };
  const int stage = small();
  switch (rng.below(14)) {
    case 0:
      return AnnotateStep{stage, small(), static_cast<Annotation>(rng.below(12))};
    case 1:
      return FuseStep{stage, {small(), small()}};
    case 2:
      return PragmaStep{stage, small(), "auto_unroll_max_step$" + std::to_string(small())};
    case 3:
      return ReorderStep{stage, list()};
    case 4:
    case 5:
      return SplitStep{stage, small(), kUnknown, {rng.between(-1, 9), rng.between(0, 9)}, rng.chance(0.5)};
    case 6:
      return FollowSplitStep{stage, small(), small(), small()};
    case 7:
      return FollowFusedSplitStep{stage, small(), list(), small(), rng.chance(0.5)};
    case 8:
      return ComputeAtStep{stage, small(), small()};
    case 9:
      return ComputeInlineStep{stage};
    case 10:
      return ComputeRootStep{stage};
    case 11:
      return CacheReadStep{stage, "local", list()};
    case 12:
      return CacheWriteStep{stage, "local"};
    default:
      return RfactorStep{stage, small(), small()};
  }
}

// Whatever is thrown at a state: it holds together, and its steps lead to it again.
TEST(State, RandomStepsReplayToTheSameState) {
  const std::vector<te::DagRef> dags{workloads::matmul_bias_relu(6, 8, 7), workloads::softmax(5, 6),
                                     workloads::conv2d_bias_relu({6, 4, 3, 3, 1, 1}), workloads::reduce_sum_all(3, 5)};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Rng rng(seed);
    State state = State::initial(dags[seed % dags.size()]);
    for (int i = 0; i < 60; ++i) (void)state.apply(random_step(rng));
    const State again = replay(state.base_dag(), state.steps());
    ASSERT_EQ(to_text(again, false), to_text(state, false)) << "seed " << seed;
    ASSERT_EQ(te::structural_hash(*again.dag()), te::structural_hash(*state.dag())) << "seed " << seed;
    const Result<std::vector<Step>> decoded = steps_from_json(to_json(state.steps()));
    ASSERT_TRUE(decoded) << "seed " << seed << ": " << decoded.message();
    ASSERT_EQ(to_json(*decoded), to_json(state.steps()));
  }
}

}  // namespace
}  // namespace tilewright::schedule
