// Reductions along memory, which are done in lanes: of any length, with NaN, and of what is computed on the way.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend/cpu/passes.h"
#include "base/rng.h"
#include "loop/lower.h"
#include "support/expect_close.h"
#include "support/run_kernel.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright {
namespace {

using te::Combiner;
using te::Expr;

/// s[i] = reduction over k of a[i, k] * b[k], or of a alone.
te::DagRef rows(Combiner combiner, std::int64_t n, std::int64_t length, bool product) {
  const te::Tensor a = te::placeholder({n, length}, "a"), b = te::placeholder({length}, "b");
  const te::AxisRef k = te::reduce_axis(length, "k");
  const te::Tensor s = te::compute({n}, "s", [&](auto i) {
    const Expr element = a(i[0], Expr(k));
    return te::reduce(combiner, product ? element * b(Expr(k)) : element, {k});
  });
  return te::Dag::make(product ? std::vector<te::Tensor>{a, b, s} : std::vector<te::Tensor>{a, s});
}

TEST(Reductions, AgreeWithTheInterpreterWhateverTheirLength) {
  runtime::ThreadPool pool({.threads = 1});
  std::string left_out;
  for (const char* name : {"host", "x86-64-v3", "x86-64-v2"}) {
    const target::TargetSpec target = *target::parse_target(name);
    if (!support::runs_here(target)) {
      left_out += std::string(" ") + name;
      continue;
    }
    cpu::Compiler compiler(target);
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
      Rng rng(seed);
      const auto combiner = static_cast<Combiner>(rng.below(3));
      const std::int64_t n = rng.between(1, 5), length = rng.between(1, 300);
      const te::DagRef dag = rows(combiner, n, length, rng.chance(0.5));
      SCOPED_TRACE(fmt::format("{}, seed {}: combiner {}, {} x {}", name, seed, static_cast<int>(combiner), n, length));
      const auto inputs = te::random_inputs(*dag, seed);
      const auto outputs = support::run_kernel(compiler, pool, *loop::lower(schedule::State::initial(dag)), inputs);
      ASSERT_TRUE(outputs) << outputs.message();
      const auto wrong = support::difference(*outputs, te::interpret_with_bounds(*dag, inputs));
      ASSERT_FALSE(wrong) << *wrong;
    }
  }
  if (!left_out.empty()) GTEST_SKIP() << "this machine does not run" << left_out;
}

TEST(Reductions, PassOnNanFromEveryLane) {
  constexpr std::int64_t kLength = 150;
  cpu::Compiler compiler(target::host_target());
  runtime::ThreadPool pool({.threads = 1});
  for (const Combiner combiner : {Combiner::max, Combiner::min}) {
    const te::DagRef dag = rows(combiner, kLength + 1, kLength, false);
    te::Array a{DType::f32, {kLength + 1, kLength}, std::vector<double>((kLength + 1) * kLength, 1.0)};
    for (std::size_t row = 0; row < kLength; ++row) a.values[row * kLength + row] = std::nan("");
    const auto out = *support::run_kernel(compiler, pool, *loop::lower(schedule::State::initial(dag)), {{a}});
    for (std::size_t row = 0; row < kLength; ++row) EXPECT_TRUE(std::isnan(out[0].values[row])) << row;
    EXPECT_EQ(out[0].values[kLength], 1);
  }
}

}  // namespace
}  // namespace tilewright
