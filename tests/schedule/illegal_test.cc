// Every step that does not fit is a value with a message, and leaves the state as it was.
#include <gtest/gtest.h>

#include "schedule/codec.h"
#include "schedule/state.h"
#include "schedule/workloads.h"

namespace tilewright::schedule {
namespace {

/// Stages: 0 A, 1 B, 2 C (i, j, k), 3 bias, 4 D (i, j), 5 compute (i0, i1); all extents 8.
State matmul() { return State::initial(workloads::matmul_bias_relu(8, 8, 8)); }

State after(const std::vector<Step>& steps) {
  Result<State> state = State::replay(matmul().base_dag(), steps);
  EXPECT_TRUE(state) << state.message();
  return std::move(*state);
}

struct Case {
  std::vector<Step> before;
  Step step;
  std::string message;
};

void expect_failures(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    State state = after(c.before);
    const std::string text = to_text(state, false);
    const te::DagRef dag = state.dag();
    const Status status = state.apply(c.step);
    EXPECT_FALSE(status) << to_json(c.step);
    EXPECT_EQ(status.message(), c.message);
    EXPECT_EQ(to_text(state, false), text);
    EXPECT_EQ(state.dag(), dag);
    EXPECT_EQ(state.num_steps(), static_cast<int>(c.before.size()));
  }
}

SplitStep split(int iter, std::vector<std::int64_t> lengths, std::int64_t extent = 8) {
  return {2, iter, extent, std::move(lengths), true};
}

TEST(Illegal, StageAndLoopNumbersOutOfRange) {
  expect_failures({
      {{}, AnnotateStep{6, 0, Annotation::parallel}, "annotate: stage 6 does not exist, the state has 6 stages"},
      {{}, AnnotateStep{-1, 0, Annotation::parallel}, "annotate: stage -1 does not exist, the state has 6 stages"},
      {{}, AnnotateStep{0, 0, Annotation::parallel}, "annotate: stage A is an input and has no loops"},
      {{}, AnnotateStep{2, 3, Annotation::parallel}, "annotate: loop 3 does not exist, stage C has 3 loops"},
      {{ComputeInlineStep{4}},
       AnnotateStep{4, 0, Annotation::parallel},
       "annotate: stage D is inlined and has no loops"},
  });
}

TEST(Illegal, Annotations) {
  expect_failures({
      {{AnnotateStep{2, 0, Annotation::unroll}},
       AnnotateStep{2, 0, Annotation::parallel},
       "annotate: loop i in stage C already has an annotation"},
      {{}, AnnotateStep{2, 0, Annotation::none}, "annotate: 0 is no annotation for loop i in stage C"},
      {{}, AnnotateStep{2, 2, Annotation::parallel}, "annotate: loop k in stage C reduces and can't run in parallel"},
      {{},
       PragmaStep{2, 0, "unroll$4"},
       "pragma: \"unroll$4\" is not known; auto_unroll_max_step$N, prefetch_constants$0 or 1 "
       "and stream_stores$0 or 1 are"},
      {{}, PragmaStep{2, 0, "stream_stores$2"}, "pragma: \"stream_stores$2\" needs 0 or 1 after the $"},
      {{},
       PragmaStep{2, 0, "auto_unroll_max_step$x"},
       "pragma: \"auto_unroll_max_step$x\" needs a count of 0 or more after the $"},
      {{},
       PragmaStep{2, 0, "auto_unroll_max_step$-1"},
       "pragma: \"auto_unroll_max_step$-1\" needs a count of 0 or more after the $"},
      {{}, StorageAlignStep{2, 0, 0, 0}, "storage_align: factor 0 must be at least 1"},
      {{}, StorageAlignStep{2, 0, 1, -1}, "storage_align: offset -1 must be at least 0"},
  });
}

TEST(Illegal, Splits) {
  expect_failures({
      {{}, split(0, {0}), "split: length 0 of loop i in stage C must be at least 1"},
      {{}, split(0, {2, -2}), "split: length -2 of loop i in stage C must be at least 1"},
      {{}, split(0, {}), "split: no length for loop i in stage C"},
      {{}, split(0, {2}, 7), "split: extent 7 is not that of loop i in stage C, which is 8"},
      {{}, split(0, {1 << 20, 1 << 20}), "split: lengths of loop i in stage C multiply to more than 2147483647"},
      {{}, split(0, std::vector<std::int64_t>(254, 1)), "split: stage C would have more than 256 loops"},
  });
}

TEST(Illegal, FollowedSplits) {
  expect_failures({
      {{}, FollowSplitStep{5, 0, 0, 1}, "follow_split: step 0 does not exist, 0 steps come before"},
      {{ComputeInlineStep{4}}, FollowSplitStep{5, 0, 0, 1}, "follow_split: step 0 is not a split"},
      {{split(0, {2, 2})}, FollowSplitStep{5, 0, 0, 0}, "follow_split: 0 levels of step 0, which has 2 lengths"},
      {{split(0, {2, 2})}, FollowSplitStep{5, 0, 0, 4}, "follow_split: 4 levels of step 0, which has 2 lengths"},
      {{}, FollowFusedSplitStep{5, 0, {}, 0, true}, "follow_fused_split: no step to follow"},
      {{split(0, {2})},
       FollowFusedSplitStep{5, 0, {0, 1}, 0, true},
       "follow_fused_split: step 1 does not exist, 1 steps come before"},
      {{split(0, {2})},
       FollowFusedSplitStep{5, 0, {0}, 1, true},
       "follow_fused_split: level 1 of step 0, which has 1 lengths"},
  });
}

TEST(Illegal, FusionsAndOrders) {
  expect_failures({
      {{}, FuseStep{2, {0, 2}}, "fuse: loops 0 and 2 of stage C are not next to each other"},
      {{}, FuseStep{2, {1, 0}}, "fuse: loops 1 and 0 of stage C are not next to each other"},
      {{}, FuseStep{2, {}}, "fuse: no loops to fuse in stage C"},
      {{}, FuseStep{2, {2, 3}}, "fuse: loop 3 does not exist, stage C has 3 loops"},
      {{ComputeAtStep{2, 5, 0}},
       FuseStep{5, {0, 1}},
       "fuse: stages are computed at loop 0 of stage compute, which is not the last one to fuse"},
      {{}, ReorderStep{2, {0, 1}}, "reorder: 2 loops given, stage C has 3"},
      {{}, ReorderStep{2, {0, 1, 1}}, "reorder: loop 1 of stage C appears twice"},
      {{}, ReorderStep{2, {0, 1, 3}}, "reorder: loop 3 does not exist, stage C has 3 loops"},
  });
}

TEST(Illegal, Locations) {
  expect_failures({
      {{}, ComputeAtStep{0, 2, 0}, "compute_at: stage A is an input"},
      {{}, ComputeAtStep{5, 2, 0}, "compute_at: stage compute is an output and stays at root"},
      {{}, ComputeAtStep{4, 2, 0}, "compute_at: stage D comes after stage C and can't be computed inside it"},
      {{}, ComputeAtStep{2, 2, 0}, "compute_at: stage C can't be computed inside itself"},
      {{}, ComputeAtStep{2, 0, 0}, "compute_at: stage A is an input and has no loops"},
      {{ComputeInlineStep{4}}, ComputeAtStep{2, 4, 0}, "compute_at: stage D is inlined and has no loops"},
      {{}, ComputeInlineStep{5}, "inline: stage compute is an output"},
      {{}, ComputeInlineStep{2}, "inline: stage C is a reduction"},
      {{ComputeAtStep{2, 4, 0}}, ComputeInlineStep{4}, "inline: other stages are computed inside stage D"},
      {{}, ComputeRootStep{1}, "compute_root: stage B is an input"},
  });
}

TEST(Illegal, Caches) {
  expect_failures({
      {{}, CacheReadStep{0, "", {2}}, "cache_read: the scope is empty, expected one like \"local\""},
      {{}, CacheReadStep{0, "local", {}}, "cache_read: no stage is to read the copy of A"},
      {{}, CacheReadStep{0, "local", {4}}, "cache_read: stage 4 does not read A"},
      {{},
       CacheReadStep{0, kPackedScope, {2}},
       "cache_read: A is not constant, so it can't be packed before it is known"},
      {{}, CacheWriteStep{0, "local"}, "cache_write: stage A is an input and has no loops"},
      {{split(0, {2})}, CacheWriteStep{2, "local"}, "cache_write: loops of stage C are already split or fused"},
      {{ComputeAtStep{2, 5, 0}}, CacheWriteStep{2, "local"}, "cache_write: stage C is not computed at root"},
      {{ComputeAtStep{2, 5, 0}},
       CacheWriteStep{5, "local"},
       "cache_write: other stages are computed inside stage compute"},
  });
}

TEST(Illegal, Rfactors) {
  expect_failures({
      {{split(2, {2})}, RfactorStep{2, 0, 2}, "rfactor: loop i of stage C does not reduce"},
      {{}, RfactorStep{2, 2, 2}, "rfactor: the step before must split a loop of stage C"},
      {{split(2, {2}), ComputeInlineStep{4}},
       RfactorStep{2, 2, 2},
       "rfactor: the step before must split a loop of stage C"},
      {{split(0, {2}), split(3, {2})},
       RfactorStep{2, 3, 2},
       "rfactor: only reduction loops of stage C may be split or fused before"},
      {{split(2, {2})}, RfactorStep{2, 2, 3}, "rfactor: axis 3 is not in 0 to 2, the rank of stage C"},
  });
}

TEST(Illegal, RfactorOfMoreIterationsThanAnIndexHolds) {
  const Result<State> state =
      State::replay(workloads::reduce_sum_all(1 << 16, 1 << 16),
                    {FuseStep{1, {0, 1}}, SplitStep{1, 0, kUnknown, {2}, true}, RfactorStep{1, 0, 0}});
  EXPECT_FALSE(state);
  EXPECT_EQ(state.message(),
            "step 2: rfactor: 4294967296 iterations of loop k0_k1_fused in stage x_red do not fit a 32-bit index");
}

/// Lengths whose product does not even fit 64 bits, of loops whose extents are not known when they are fused.
TEST(Illegal, RfactorOfMoreIterationsThanAnIntegerHolds) {
  constexpr std::int64_t kHuge = 1 << 30;
  const te::DagRef dag = workloads::matmul_bias_relu(8, 8, 8);
  const Result<State> state =
      State::replay(dag, {ComputeAtStep{2, 5, 0}, SplitStep{2, 2, 8, {kHuge}, true},
                          SplitStep{2, 2, kUnknown, {kHuge}, true}, SplitStep{2, 2, kUnknown, {kHuge}, true},
                          FuseStep{2, {2, 3, 4, 5}}, SplitStep{2, 2, kUnknown, {2}, true}, RfactorStep{2, 2, 2}});
  EXPECT_FALSE(state);
  EXPECT_NE(state.message().find("do not fit a 32-bit index"), std::string::npos) << state.message();
}

TEST(Illegal, ReplayNamesTheStep) {
  const Result<State> state = State::replay(matmul().base_dag(), {split(0, {2}), split(0, {0})});
  EXPECT_FALSE(state);
  EXPECT_EQ(state.message(), "step 1: split: length 0 of loop i.0 in stage C must be at least 1");
}

TEST(Codec, NamesTheStepAndTheFieldThatDoesNotFit) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"a": 1})", "steps must be a list"},
      {R"([[]])", "step 0: expected a list that starts with a code"},
      {R"([["CI", 4], ["XX", 1]])", "step 1: code \"XX\" is not known"},
      {R"([["SP", 2, 0, 64]])", "step 0: SP needs 6 fields, has 4"},
      {R"([["SP", 2, "0", 64, [2], 1]])", "step 0: field 2 of SP must be an integer"},
      {R"([["SP", 2, 0, -64, [2], 1]])", "step 0: field 3 of SP must be an integer of at least 0"},
      {R"([["SP", 2, 0, 64, [0], 1]])", "step 0: field 4 of SP must be a length of at least 1, or null"},
      {R"([["SP", 2, 0, 64, 2, 1]])", "step 0: field 4 of SP must be a list"},
      {R"([["AN", 2, 0, 12]])", "step 0: field 3 of AN must be an annotation from 0 to 11"},
      {R"([["AN", 2, 1e99, 1]])", "step 0: field 2 of AN must be an integer"},
      {R"([["AN", 2, 18446744073709551615, 1]])", "step 0: field 2 of AN must be an integer"},
      {R"([["PR", 2, 0, 5]])", "step 0: field 3 of PR must be a text"},
  };
  for (const auto& [text, message] : cases) {
    const Result<std::vector<Step>> steps = steps_from_json(nlohmann::json::parse(text));
    EXPECT_FALSE(steps) << text;
    EXPECT_EQ(steps.message(), message);
  }
}

}  // namespace
}  // namespace tilewright::schedule
