// Integers have one meaning, zero divisors, overflow and conversions of what does not fit included: that of the
// interpreter is that of folding, of error bounds, of loop programs and of machine code.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "support/expect_close.h"
#include "support/random_integers.h"
#include "support/random_schedule.h"
#include "support/run_kernel.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright {
namespace {

int samples() {
  constexpr int kSamples = 1000;
  const char* wanted = std::getenv("TW_SAMPLES");
  return wanted ? std::atoi(wanted) : kSamples;
}

class Integers : public ::testing::Test {
 protected:
  /// Expects `expected` of machine code for one kind of processor that runs here after the other.
  void expect_of_machine_code(const loop::Program& program, std::span<const te::Array> inputs,
                              const std::vector<te::BoundedArray>& expected) {
    cpu::Compiler& compiler = compilers_[static_cast<std::size_t>(run_) % compilers_.size()];
    const auto outputs = support::run_kernel(compiler, pool_, program, inputs);
    if (!outputs) return;
    ++run_;
    const auto compiled = support::difference(*outputs, expected);
    EXPECT_FALSE(compiled) << "machine code: " << *compiled;
  }

  void SetUp() override {
    for (const char* name : {"x86-64-v2", "x86-64-v3", "x86-64-v4"})
      if (const target::TargetSpec target = *target::parse_target(name); support::runs_here(target))
        compilers_.emplace_back(target);
    if (compilers_.empty()) compilers_.emplace_back(target::host_target());
  }

  std::deque<cpu::Compiler> compilers_;
  runtime::ThreadPool pool_{{.threads = 2}};
  int run_ = 0;
};

TEST_F(Integers, HaveOneMeaningEverywhere) {
  for (std::uint64_t seed = 0; seed < static_cast<std::uint64_t>(samples()); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Rng rng(seed);
    const support::RandomIntegers sample(rng);
    const te::DagRef dag = sample.dag();
    const std::vector<te::Array> inputs = sample.inputs(*dag);
    const std::vector<te::BoundedArray> expected = te::interpret_with_bounds(*dag, inputs);
    const auto interpreted = support::difference(te::interpret(*dag, inputs), expected);
    EXPECT_FALSE(interpreted) << "interpreter: " << *interpreted;
    if (!is_float(expected[0].array.type)) {
      for (const double bound : expected[0].bound) EXPECT_EQ(bound, 0);
    }
    const auto folded = support::difference({sample.folded()}, expected);
    EXPECT_FALSE(folded) << "folded: " << *folded;
    const schedule::State state = support::random_schedule(dag, rng);
    if (const Result<loop::Program> program = loop::lower(state)) {
      const auto of_program = support::difference(loop::interpret(*program, inputs), expected);
      EXPECT_FALSE(of_program) << "loop program: " << *of_program;
      expect_of_machine_code(*program, inputs, expected);
    }
    if (HasFailure()) {
      ADD_FAILURE() << to_text(*dag) << to_text(state);
      return;
    }
  }
  EXPECT_GT(run_, samples() / 2);
}

}  // namespace
}  // namespace tilewright
