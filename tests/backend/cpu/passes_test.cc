// What the target passes make of small schedules for AVX-512, as text in golden/. TW_BLESS=1 rewrites the files.
#include "backend/cpu/passes.h"

#include <gtest/gtest.h>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "loop/split_loop.h"
#include "support/golden_program.h"
#include "support/matmul.h"
#include "target/processors.h"

namespace tilewright::cpu {
namespace {

using namespace schedule;
using support::matmul;

te::DagRef row_sums(std::int64_t n, std::int64_t k) {
  const te::Tensor a = te::placeholder({n, k}, "A");
  const te::AxisRef r = te::reduce_axis(k, "k");
  const te::Tensor s =
      te::compute({n}, "S", [&](std::span<const te::Expr> i) { return te::sum(a(i[0], te::Expr(r)), {r}); }, {"i"});
  return te::Dag::make(std::vector<te::Tensor>{a, s});
}

te::DagRef twice(std::int64_t n, std::int64_t m) {
  const te::Tensor x = te::placeholder({n, m}, "x");
  const te::Tensor y =
      te::compute({n, m}, "y", [&](std::span<const te::Expr> i) { return x(i[0], i[1]) * te::Expr(2.0f); }, {"i", "j"});
  return te::Dag::make(std::vector<te::Tensor>{x, y});
}

/// Each column of an image on its own, three taps.
te::DagRef depthwise(std::int64_t n, std::int64_t c) {
  const te::Tensor x = te::placeholder({n + 2, n + 2, c}, "x"), w = te::placeholder({3, 3, c}, "w");
  const te::AxisRef u = te::reduce_axis(3, "u"), v = te::reduce_axis(3, "v");
  const te::Tensor y = te::compute(
      {n, n, c}, "y",
      [&](std::span<const te::Expr> i) {
        return te::sum(x(i[0] + te::Expr(u), i[1] + te::Expr(v), i[2]) * w(te::Expr(u), te::Expr(v), i[2]), {u, v});
      },
      {"i", "j", "c"});
  return te::Dag::make(std::vector<te::Tensor>{x, w, y});
}

te::DagRef transposed(std::int64_t n, std::int64_t m) {
  const te::Tensor x = te::placeholder({m, n}, "x");
  const te::Tensor y = te::compute({n, m}, "y", [&](std::span<const te::Expr> i) { return x(i[1], i[0]); }, {"i", "j"});
  return te::Dag::make(std::vector<te::Tensor>{x, y});
}

struct Case {
  const char* name;
  te::DagRef dag;
  std::vector<Step> steps;
};

std::vector<Case> cases() {
  return {
      // i0 j0 k { i1 j1 }: enough updates in flight, whole vectors.
      {"a_full_tile_stays",
       matmul(32, 64, 64),
       {SplitStep{2, 0, 32, {8}}, SplitStep{2, 2, 64, {32}}, ReorderStep{2, {0, 2, 4, 1, 3}},
        AnnotateStep{2, 3, Annotation::unroll}, AnnotateStep{2, 4, Annotation::vectorize}}},
      // i0 j0 k0 { i1 j1 { k1 } }: columns become a vector, rows accumulators.
      {"a_reduction_alone_gets_a_tile",
       matmul(32, 96, 64),
       {SplitStep{2, 0, 32, {8}}, SplitStep{2, 2, 96, {48}}, SplitStep{2, 4, 64, {32}},
        ReorderStep{2, {0, 2, 4, 1, 3, 5}}}},
      // i j0 k0 { j1 { k1 { j2 } } } with pairs of columns.
      {"pairs_are_joined_to_vectors",
       matmul(16, 64, 64),
       {SplitStep{2, 1, 64, {8, 2}}, SplitStep{2, 4, 64, {32}}, ReorderStep{2, {0, 1, 4, 2, 5, 3}},
        AnnotateStep{2, 5, Annotation::vectorize}}},
      // i0 k0 { i1 { k1 } }
      {"rows_without_neighbours_are_summed_side_by_side",
       row_sums(64, 64),
       {SplitStep{1, 0, 64, {16}}, SplitStep{1, 2, 64, {32}}, ReorderStep{1, {0, 2, 1, 3}}}},
      {"a_long_row_is_a_loop_over_vectors", twice(2, 1000), {}},
      {"a_column_order_is_turned", twice(64, 32), {ReorderStep{1, {1, 0}}}},
      // i j0 u v { j1 { c } }: v goes inside j1.
      {"taps_go_inside_rows",
       depthwise(14, 16),
       {SplitStep{2, 1, 14, {7}}, ReorderStep{2, {0, 1, 4, 5, 2, 3}}, AnnotateStep{2, 3, Annotation::unroll},
        AnnotateStep{2, 4, Annotation::unroll}, AnnotateStep{2, 5, Annotation::vectorize}}},
      {"a_block_is_transposed",
       transposed(64, 32),
       {AnnotateStep{1, 0, Annotation::parallel}, AnnotateStep{1, 1, Annotation::vectorize}}},
      {"a_row_is_summed_in_lanes_with_a_tail", row_sums(2, 150), {}},
      {"a_parallel_loop_stays_outside", matmul(16, 64, 64), {AnnotateStep{2, 1, Annotation::parallel}}},
  };
}

loop::Program lowered(const te::DagRef& dag, const std::vector<Step>& steps) {
  const Result<State> state = State::replay(dag, steps);
  EXPECT_TRUE(static_cast<bool>(state)) << state.message();
  Result<loop::Program> program = loop::lower(*state);
  EXPECT_TRUE(static_cast<bool>(program)) << program.message();
  return std::move(*program);
}

TEST(TargetPasses, MakeTheGoldenPrograms) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const loop::Program program = run_target_passes(lowered(c.dag, c.steps), *target::parse_target("x86-64-v4"));
    support::expect_golden(program, std::string("tests/backend/cpu/golden/") + c.name + ".txt");
  }
}

TEST(TargetPasses, FindNothingToDoTheSecondTime) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const target::TargetSpec target = *target::parse_target("x86-64-v4");
    const loop::Program once = run_target_passes(lowered(c.dag, c.steps), target);
    EXPECT_EQ(loop::to_text(run_target_passes(once, target)), loop::to_text(once));
  }
}

TEST(SplitLoop, KeepsEveryIterationWhateverTheFactor) {
  const te::DagRef dag = matmul(3, 7, 5);
  const auto inputs = te::random_inputs(*dag, 1);
  for (std::int64_t factor = 1; factor < 7; ++factor) {
    loop::Program program = lowered(dag, {});
    const auto expected = loop::interpret(program, inputs);
    auto& rows = std::get<loop::For>(program.body.at(0).kind);
    auto& columns = std::get<loop::For>(rows.body.at(0).kind);
    ASSERT_EQ(columns.end, 7);
    rows.body = loop::split_loop(program, loop::For(columns), factor, loop::LoopKind::serial);
    EXPECT_EQ(rows.body.size(), 7 % factor == 0 ? 1u : 2u);
    const Status valid = loop::verify(program);
    EXPECT_TRUE(static_cast<bool>(valid)) << valid.message();
    EXPECT_EQ(loop::interpret(program, inputs).at(0).values, expected.at(0).values);
  }
}

}  // namespace
}  // namespace tilewright::cpu
