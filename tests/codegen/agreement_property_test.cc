// Whatever the schedule, the loop program and the machine code compute what the tensor expressions say.
#include <gtest/gtest.h>

#include <cstdlib>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "support/expect_close.h"
#include "support/random_dag.h"
#include "support/random_schedule.h"
#include "support/run_kernel.h"

namespace tilewright {
namespace {

constexpr int kSamples = 5000;

int samples() {
  const char* wanted = std::getenv("TW_SAMPLES");
  return wanted ? std::atoi(wanted) : kSamples;
}
std::uint64_t first_seed() {
  const char* wanted = std::getenv("TW_SEED");
  return wanted ? static_cast<std::uint64_t>(std::atoll(wanted)) : 0;
}

TEST(Agreement, HoldsForRandomSchedulesOfRandomDags) {
  codegen::Compiler compiler(codegen::Target::host());
  runtime::ThreadPool pool({.threads = 2});
  int lowered = 0, run = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + static_cast<std::uint64_t>(samples()); ++seed) {
    Rng rng(seed);
    const te::DagRef dag = testing::random_dag(rng);
    const schedule::State state = testing::random_schedule(dag, rng);
    const Result<loop::Program> program = loop::lower(state);
    if (!program) continue;
    ++lowered;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Status valid = loop::verify(*program);
    EXPECT_TRUE(static_cast<bool>(valid)) << valid.message();
    const auto inputs = te::random_inputs(*dag, seed);
    const auto expected = te::interpret_with_bounds(*dag, inputs);
    const auto interpreted = testing::difference(loop::interpret(*program, inputs), expected);
    EXPECT_FALSE(interpreted) << "loop program: " << *interpreted;
    if (const auto outputs = testing::run_kernel(compiler, pool, *program, inputs)) {
      const auto compiled = testing::difference(*outputs, expected);
      EXPECT_FALSE(compiled) << "machine code: " << *compiled;
      ++run;
    }
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << to_text(*dag) << to_text(state) << loop::to_text(*program);
      return;
    }
  }
  EXPECT_GT(lowered, samples() / 2);
  EXPECT_GT(run, samples() / 2);
}

}  // namespace
}  // namespace tilewright
