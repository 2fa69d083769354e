// What lowering makes of small schedules, as text in golden/. TW_BLESS=1 rewrites the files.
#include <gtest/gtest.h>

#include "loop/lower.h"
#include "ops/conv.h"
#include "ops/elementwise.h"
#include "support/golden_program.h"
#include "support/matmul.h"

namespace tilewright::loop {
namespace {

using namespace schedule;
using support::matmul;

te::DagRef conv_relu(std::int64_t size, std::int64_t channels) {
  const te::Tensor data = te::placeholder({1, size, size, channels}, "data");
  const te::Tensor kernel = te::placeholder({3, 3, channels, channels}, "kernel");
  ops::Conv2dParams params;
  params.padding = {1, 1, 1, 1};
  const te::Tensor relu = ops::relu(ops::conv2d(data, kernel, params, "conv"), "relu");
  return te::Dag::make(std::vector<te::Tensor>{data, kernel, relu});
}

te::DagRef blur(std::int64_t n) {
  const te::Tensor x = te::placeholder({n + 2}, "x");
  const te::Tensor twice = te::compute({n + 2}, "twice", [&](auto i) { return x(i[0]) * te::Expr(2.0f); }, {"i"});
  const te::Tensor y = te::compute({n}, "y", [&](auto i) { return twice(i[0]) + twice(i[0] + te::Expr(2)); }, {"j"});
  return te::Dag::make(std::vector<te::Tensor>{x, y});
}

struct Case {
  const char* name;
  te::DagRef dag;
  std::vector<Step> steps;
};

std::vector<Case> cases() {
  return {
      {"default_order", matmul(4, 8, 16), {}},
      {"tiles_that_divide",
       matmul(64, 64, 64),
       {SplitStep{2, 0, 64, {4}}, SplitStep{2, 2, 64, {16}}, SplitStep{2, 4, 64, {8}},
        ReorderStep{2, {0, 2, 4, 5, 1, 3}}, AnnotateStep{2, 0, Annotation::parallel},
        AnnotateStep{2, 4, Annotation::unroll}, AnnotateStep{2, 5, Annotation::vectorize}}},
      {"a_tail_of_rows_and_columns",
       matmul(10, 20, 8),
       {SplitStep{2, 0, 10, {4}}, SplitStep{2, 2, 20, {16}}, ReorderStep{2, {0, 2, 4, 1, 3}},
        AnnotateStep{2, 4, Annotation::vectorize}}},
      {"a_parallel_tail_is_a_version",
       matmul(10, 16, 8),
       {SplitStep{2, 0, 10, {4}}, ReorderStep{2, {0, 3, 1, 2}}, AnnotateStep{2, 0, Annotation::parallel}}},
      {"a_constant_lies_in_the_blocks_of_its_loop",
       matmul(12, 40, 20, true),
       {SplitStep{2, 0, 12, {4}}, SplitStep{2, 2, 40, {16}}, SplitStep{2, 4, 20, {5}},
        ReorderStep{2, {0, 2, 4, 5, 1, 3}}, CacheReadStep{1, kPackedScope, {2}}, ComputeAtStep{2, 3, 2},
        AnnotateStep{3, 5, Annotation::vectorize}}},
      {"a_fused_loop_is_divided_again",
       matmul(12, 16, 8),
       {FuseStep{2, {0, 1}}, SplitStep{2, 0, 192, {16}}, AnnotateStep{2, 0, Annotation::parallel}}},
      {"accumulators_under_the_consumer",
       conv_relu(14, 16),
       {SplitStep{4, 2, 14, {7}}, ComputeAtStep{3, 4, 2}, ComputeAtStep{1, 4, 1},
        AnnotateStep{4, 4, Annotation::vectorize}}},
      {"a_halo_is_computed_with_its_tile", blur(32), {SplitStep{2, 0, 32, {8}}, ComputeAtStep{1, 2, 0}}},
      {"auto_unroll_stops_at_its_limit",
       matmul(8, 8, 8),
       {SplitStep{2, 2, 8, {4}}, ReorderStep{2, {0, 2, 3, 1}}, PragmaStep{2, 0, "auto_unroll_max_step$32"}}},
  };
}

TEST(Lowering, MakesTheGoldenPrograms) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Result<State> state = State::replay(c.dag, c.steps);
    ASSERT_TRUE(static_cast<bool>(state)) << state.message();
    const Result<Program> program = lower(*state);
    ASSERT_TRUE(static_cast<bool>(program)) << program.message();
    support::expect_golden(*program, std::string("tests/loop/golden/") + c.name + ".txt");
  }
}

std::string why_not(const te::DagRef& dag, const std::vector<Step>& steps) {
  const Result<State> state = State::replay(dag, steps);
  EXPECT_TRUE(static_cast<bool>(state)) << state.message();
  return lower(*state).message();
}

TEST(Lowering, RefusesALengthThatIsNotChosen) {
  EXPECT_EQ(why_not(matmul(8, 8, 8), {SplitStep{2, 0, 8, {kUnknown}}}),
            "a split of stage C has a length that is not chosen");
}

TEST(Lowering, RefusesNestedParallelLoops) {
  EXPECT_EQ(
      why_not(matmul(8, 8, 8), {AnnotateStep{2, 0, Annotation::parallel}, AnnotateStep{2, 1, Annotation::parallel}}),
      "loop j of stage C is parallel inside a parallel loop");
}

TEST(Lowering, RefusesWhatOnlyAnotherKindOfTargetHas) {
  EXPECT_EQ(why_not(matmul(8, 8, 8), {AnnotateStep{2, 0, Annotation::thread_x}}),
            "loop i of stage C is marked threadIdx.x: no target here has such loops");
  EXPECT_EQ(why_not(matmul(8, 8, 8), {AnnotateStep{2, 1, Annotation::tensorize}}),
            "loop j of stage C is marked tensorize: no target here has such loops");
  EXPECT_EQ(why_not(matmul(8, 8, 8), {schedule::StorageAlignStep{2, 0, 32, 1}}),
            "stage C has storage_align(32, 1): no target here aligns the rows of a buffer");
}

TEST(Lowering, RefusesToPackBlocksThatOverlap) {
  const te::Tensor x = te::placeholder({8}, "x"), w = te::constant_placeholder({9}, "w");
  const te::AxisRef k = te::reduce_axis(2, "k");
  const te::Tensor y = te::compute({8}, "y", [&](auto i) { return te::sum(x(i[0]) * w(i[0] + te::Expr(k)), {k}); });
  EXPECT_EQ(why_not(te::Dag::make(std::vector<te::Tensor>{x, w, y}),
                    {CacheReadStep{1, kPackedScope, {2}}, ComputeAtStep{2, 3, 0}}),
            "stage w.packed can't be packed: its blocks of 2 elements do not begin at multiples of that");
}

TEST(Verifier, NamesAnIndexThatLeavesItsBuffer) {
  Result<Program> program = lower(State::initial(matmul(4, 8, 16)));
  ASSERT_TRUE(static_cast<bool>(program));
  program->buffers[0].shape[1] = 15;
  EXPECT_EQ(verify(*program).message(), "index v2 of dimension 1 of A may leave 0..15");
}

TEST(Verifier, NamesAVariableOutsideItsLoop) {
  Result<Program> program = lower(State::initial(matmul(4, 8, 16)));
  ASSERT_TRUE(static_cast<bool>(program));
  const Block inner = std::get<For>(program->body[0].kind).body;
  program->body = inner;
  EXPECT_NE(verify(*program).message().find("v0 is used in C outside its loop"), std::string::npos);
}

TEST(InferExtents, FindsTheHaloOfAnAttachedStage) {
  const Result<State> state = State::replay(blur(32), {SplitStep{2, 0, 32, {8}}, ComputeAtStep{1, 2, 0}});
  ASSERT_TRUE(static_cast<bool>(state));
  const auto extents = infer_extents(*state);
  ASSERT_TRUE(static_cast<bool>(extents));
  EXPECT_EQ((*extents)[1], std::vector<std::int64_t>{10});
  EXPECT_EQ((*extents)[2], (std::vector<std::int64_t>{4, 8}));
}

}  // namespace
}  // namespace tilewright::loop
