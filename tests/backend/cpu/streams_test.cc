// Stores past the caches: only of whole aligned registers, and visible to others when the kernel returns.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "loop/lower.h"
#include "support/expect_close.h"
#include "support/run_kernel.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright {
namespace {

using schedule::AnnotateStep;
using schedule::Annotation;
using schedule::SplitStep;

/// y[i, j] = 2 x[i, j] in vectors of `lanes`, streamed.
schedule::State doubled(std::int64_t n, std::int64_t m, std::int64_t lanes) {
  const te::Tensor x = te::placeholder({n, m}, "x");
  const te::Tensor y = te::compute({n, m}, "y", [&](auto i) { return x(i[0], i[1]) * te::Expr(2.0F); });
  return *schedule::State::replay(
      te::Dag::make(std::vector<te::Tensor>{x, y}),
      {SplitStep{1, 1, m, {lanes}}, AnnotateStep{1, 2, Annotation::vectorize}, AnnotateStep{1, 0, Annotation::parallel},
       schedule::PragmaStep{1, 0, "stream_stores$1"}});
}

bool streams(std::int64_t m, std::int64_t lanes) {
  cpu::Compiler compiler(*target::parse_target("x86-64-v4"));
  const auto assembly = compiler.emit_assembly(*loop::lower(doubled(4, m, lanes)), "kernel");
  EXPECT_TRUE(assembly) << assembly.message();
  return assembly->find("vmovntps") != std::string::npos;
}

TEST(Streams, StoreWholeAlignedRegistersOnly) {
  EXPECT_TRUE(streams(128, 16));
  EXPECT_TRUE(streams(128, 64));
  EXPECT_FALSE(streams(120, 8));    // half a register
  EXPECT_FALSE(streams(136, 136));  // every other row begins in the middle of one
}

TEST(Streams, EndWithAFence) {
  cpu::Compiler compiler(*target::parse_target("x86-64-v4"));
  const auto ir = compiler.emit_ir(*loop::lower(doubled(4, 128, 16)), "kernel");
  ASSERT_TRUE(ir) << ir.message();
  EXPECT_NE(ir->find("fence seq_cst"), std::string::npos);
}

TEST(Streams, AgreeWithTheInterpreter) {
  cpu::Compiler compiler(target::host_target());
  runtime::ThreadPool pool({.threads = 2, .pin = false});
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Rng rng(seed);
    const std::int64_t m = rng.chance(0.5) ? 16 * rng.between(1, 12) : rng.between(1, 200);
    const schedule::State state = doubled(rng.between(1, 9), m, rng.between(1, std::min<std::int64_t>(m, 64)));
    const auto inputs = te::random_inputs(*state.base_dag(), seed);
    const auto outputs = support::run_kernel(compiler, pool, *loop::lower(state), inputs);
    ASSERT_TRUE(outputs) << outputs.message();
    const auto wrong = support::difference(*outputs, te::interpret_with_bounds(*state.base_dag(), inputs));
    ASSERT_FALSE(wrong) << "seed " << seed << ": " << *wrong;
  }
}

}  // namespace
}  // namespace tilewright
