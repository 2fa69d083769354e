// Indices that are loaded: whatever stands in them, and in vectors whose lanes do not all take part.
#include <gtest/gtest.h>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "support/expect_close.h"
#include "support/run_kernel.h"
#include "target/host.h"
#include "te/error_bound.h"

namespace tilewright {
namespace {

using te::Expr;
using te::Tensor;

constexpr std::int64_t kIndices = 16, kLength = 40;  ///< 16 indices fill their memory up to the fence

struct Case {
  const char* name;
  Expr (*element)(const Tensor& x, const Tensor& at, const Expr& i);
};

Expr inside(const Expr& i) { return i < te::integer(kIndices); }
Expr from_the_back(const Expr& index) {
  const Expr zero = te::integer(0), extent = te::integer(kLength);
  return te::select(index < zero, index + extent, index);
}

// Each reads `at` only where i is below 16.
const Case kCases[] = {
    {"select in the index",
     [](const Tensor& x, const Tensor& at, const Expr& i) {
       return x(from_the_back(at(te::floor_mod(i, te::integer(kIndices)))));
     }},
    {"lazy select in the index, which reads in one branch only",
     [](const Tensor& x, const Tensor& at, const Expr& i) {
       return x(te::select(inside(i), te::floor_mod(at(i), te::integer(3)), i));
     }},
    {"index under a condition",
     [](const Tensor& x, const Tensor& at, const Expr& i) {
       return te::select(inside(i), x(te::max(at(i), te::integer(0))), te::constant(DType::f32, 7));
     }},
    {"select in an index under a condition",
     [](const Tensor& x, const Tensor& at, const Expr& i) {
       return te::select(inside(i), x(from_the_back(at(i))), te::constant(DType::f32, 7));
     }},
    {"loaded index used as a number under a condition",
     [](const Tensor& x, const Tensor& at, const Expr& i) {
       const Tensor scaled = te::compute({kLength}, "scaled", [&](std::span<const Expr> k) {
         return x(k[0]) * te::cast(DType::f32, k[0] + te::integer(1));
       });
       return te::select(inside(i), scaled(from_the_back(at(i))), te::constant(DType::f32, 7));
     }},
    {"index of an index under a condition",
     [](const Tensor& x, const Tensor& at, const Expr& i) {
       return te::select(inside(i), x(from_the_back(at(te::floor_mod(at(i), te::integer(kIndices))))),
                         te::constant(DType::f32, 7));
     }},
};

/// The loop over the elements as it is, vectorized, unrolled, and in vectors of 12 with a tail.
std::vector<std::vector<schedule::Step>> schedules(int stage) {
  using schedule::Annotation;
  return {{},
          {schedule::AnnotateStep{stage, 0, Annotation::vectorize}},
          {schedule::AnnotateStep{stage, 0, Annotation::unroll}},
          {schedule::SplitStep{stage, 0, kLength, {12}}, schedule::AnnotateStep{stage, 1, Annotation::vectorize}}};
}

TEST(Gather, ReadsWhatTheInterpreterReadsAndNothingElse) {
  cpu::Compiler compiler(target::host_target());
  runtime::ThreadPool pool({.threads = 1});
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const Tensor x = te::placeholder({kLength}, "x"), at = te::placeholder({kIndices}, "at", DType::i32);
    const Tensor y = te::compute({kLength}, "y", [&](std::span<const Expr> i) { return c.element(x, at, i[0]); });
    const te::DagRef dag = te::Dag::make({x, at, y});
    std::vector<te::Array> inputs = te::random_inputs(*dag, 1);
    for (std::size_t k = 0; k < kIndices; ++k)
      inputs[1].integers[k] = static_cast<std::int64_t>(k) * 7 % kLength - (k % 3 == 0 ? kLength : 0);
    const auto expected = te::interpret_with_bounds(*dag, inputs);
    const int stage = static_cast<int>(dag->ops().size()) - 1;
    for (std::vector<schedule::Step> steps : schedules(stage)) {
      for (int s = 2; s < stage; ++s) steps.push_back(schedule::ComputeInlineStep{s});
      const auto state = schedule::State::replay(dag, steps);
      ASSERT_TRUE(state) << state.message();
      const auto program = loop::lower(*state);
      ASSERT_TRUE(program) << program.message();
      const auto interpreted = support::difference(loop::interpret(*program, inputs), expected);
      EXPECT_FALSE(interpreted) << *interpreted;
      const auto outputs = support::run_kernel(compiler, pool, *program, inputs);
      ASSERT_TRUE(outputs) << outputs.message();
      const auto compiled = support::difference(*outputs, expected);
      EXPECT_FALSE(compiled) << *compiled << "\n" << loop::to_text(*program);
    }
  }
}

}  // namespace
}  // namespace tilewright
