// Vectors that stride over memory: blocks of them are loaded as rows and transposed in registers.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "loop/interpreter.h"
#include "loop/lower.h"
#include "support/expect_close.h"
#include "support/run_kernel.h"
#include "target/processors.h"

namespace tilewright {
namespace {

using schedule::AnnotateStep;
using schedule::Annotation;
using schedule::SplitStep;

/// y[i, j] = x[j, i] + z[i, j], i cut by `rows` and j by `lanes`.
schedule::State transposition(std::int64_t n, std::int64_t m, std::int64_t rows, std::int64_t lanes, bool parallel) {
  const te::Tensor x = te::placeholder({m, n}, "x"), z = te::placeholder({n, m}, "z");
  const te::Tensor y = te::compute({n, m}, "y", [&](auto i) { return x(i[1], i[0]) + z(i[0], i[1]); });
  const auto dag = te::Dag::make(std::vector<te::Tensor>{x, z, y});
  std::vector<schedule::Step> steps{SplitStep{2, 0, n, {rows}}, SplitStep{2, 2, m, {lanes}},
                                    AnnotateStep{2, 3, Annotation::vectorize}};
  if (parallel) steps.push_back(AnnotateStep{2, 0, Annotation::parallel});
  return *schedule::State::replay(dag, steps);
}

TEST(Transposes, ReadWhatTheInterpreterReadsAndNothingElse) {
  runtime::ThreadPool pool({.threads = 2, .pin = false});
  std::string left_out;
  for (const char* name : {"host", "x86-64-v3", "x86-64-v2"}) {
    const target::TargetSpec target = *target::parse_target(name);
    if (!support::runs_here(target)) {
      left_out += std::string(" ") + name;
      continue;
    }
    cpu::Compiler compiler(target);
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
      Rng rng(seed);
      const std::int64_t n = rng.between(1, 70), m = rng.between(1, 70);
      const std::int64_t rows = rng.chance(0.5) ? 1 : rng.between(1, n),
                         lanes = rng.between(1, std::min<std::int64_t>(m, 40));
      SCOPED_TRACE(fmt::format("{}, seed {}: {} x {} in {} x {}", name, seed, n, m, rows, lanes));
      const schedule::State state = transposition(n, m, rows, lanes, rng.chance(0.5));
      const auto inputs = te::random_inputs(*state.base_dag(), seed);
      const auto outputs = support::run_kernel(compiler, pool, *loop::lower(state), inputs);
      ASSERT_TRUE(outputs) << outputs.message();
      const auto wrong = support::difference(*outputs, te::interpret_with_bounds(*state.base_dag(), inputs));
      ASSERT_FALSE(wrong) << *wrong;
    }
  }
  if (!left_out.empty()) GTEST_SKIP() << "this machine does not run" << left_out;
}

TEST(Transposes, LoadNoElementAlone) {
  cpu::Compiler compiler(*target::parse_target("x86-64-v4"));
  const auto ir = compiler.emit_ir(*loop::lower(transposition(64, 64, 1, 16, false)), "kernel");
  ASSERT_TRUE(ir) << ir.message();
  EXPECT_EQ(ir->find("load float,"), std::string::npos);
  EXPECT_NE(ir->find("shufflevector"), std::string::npos);
}

}  // namespace
}  // namespace tilewright
