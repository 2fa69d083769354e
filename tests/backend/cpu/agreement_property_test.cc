// Whatever the schedule, the loop program and the machine code compute what the tensor expressions say.
#include <gtest/gtest.h>

#include <cstdlib>

#include "backend/cpu/passes.h"
#include "loop/interpreter.h"
#include "loop/lower.h"
#include "loop/passes.h"
#include "schedule/codec.h"
#include "space/search_space.h"
#include "support/expect_close.h"
#include "support/random_dag.h"
#include "support/random_schedule.h"
#include "support/round_trip.h"
#include "support/run_kernel.h"
#include "support/small_workloads.h"
#include "target/host.h"
#include "target/processors.h"
#include "workload/workload.h"

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

/// Counts what could be lowered and what could be compiled.
struct Counts {
  int lowered = 0, run = 0;
};

class Agreement : public ::testing::Test {
 protected:
  /// Interprets and runs the state's program on inputs decided by `seed`, and compares with the te interpreter.
  void check(const schedule::State& state, std::uint64_t seed) { check(state, seed, compiler_); }
  void check(const schedule::State& state, std::uint64_t seed, cpu::Compiler& compiler) {
    const Result<loop::Program> program = loop::lower(state);
    if (!program) return;
    ++counts_.lowered;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const te::Dag& dag = *state.base_dag();
    const Status valid = loop::verify(*program);
    EXPECT_TRUE(static_cast<bool>(valid)) << valid.message();
    const loop::Program finished = cpu::run_target_passes(*program, target_);
    const Status finished_valid = loop::verify(finished);
    EXPECT_TRUE(static_cast<bool>(finished_valid)) << "finished: " << finished_valid.message();
    support::expect_round_trip(finished);
    const auto inputs = te::random_inputs(dag, seed);
    const auto expected = te::interpret_with_bounds(dag, inputs);
    const auto of_finished = support::difference(loop::interpret(finished, inputs), expected);
    EXPECT_FALSE(of_finished) << "finished loop program: " << *of_finished << loop::to_text(finished);
    const auto interpreted = support::difference(loop::interpret(*program, inputs), expected);
    EXPECT_FALSE(interpreted) << "loop program: " << *interpreted;
    if (const auto outputs = support::run_kernel(compiler, pool_, *program, inputs)) {
      const auto compiled = support::difference(*outputs, expected);
      EXPECT_FALSE(compiled) << "machine code: " << *compiled;
      ++counts_.run;
    }
    if (HasFailure())
      ADD_FAILURE() << to_text(dag) << to_text(state) << to_json(state.steps()) << loop::to_text(*program);
  }

  target::TargetSpec target_ = target::host_target();
  cpu::Compiler compiler_{target_};
  runtime::ThreadPool pool_{{.threads = 2}};
  Counts counts_;
};

/// A pass of either level, off for as long as this lives.
class LeftOut {
 public:
  LeftOut(PassList& passes, std::string_view name) : passes_(passes), name_(name) { passes_.switch_pass(name_, false); }
  ~LeftOut() { passes_.switch_pass(name_, true); }
  LeftOut(const LeftOut&) = delete;
  LeftOut& operator=(const LeftOut&) = delete;

 private:
  PassList& passes_;
  std::string_view name_;
};

TEST_F(Agreement, HoldsWithoutAnyOneOfThePasses) {
  for (PassList* passes : {static_cast<PassList*>(&loop::pass_manager()), static_cast<PassList*>(&cpu::pass_manager())})
    for (const std::string_view pass : passes->names()) {
      SCOPED_TRACE(fmt::format("without {}", pass));
      const LeftOut left_out(*passes, pass);
      for (std::uint64_t seed = first_seed(); seed < first_seed() + 40; ++seed) {
        Rng rng(seed);
        const te::DagRef dag = support::random_dag(rng);
        check(support::random_schedule(dag, rng), seed);
        if (HasFailure()) return;
      }
    }
  EXPECT_GT(counts_.run, 200);
}

TEST_F(Agreement, HoldsForRandomSchedulesOfRandomDags) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + static_cast<std::uint64_t>(samples()); ++seed) {
    Rng rng(seed);
    const te::DagRef dag = support::random_dag(rng);
    check(support::random_schedule(dag, rng), seed);
    if (HasFailure()) return;
  }
  EXPECT_GT(counts_.lowered, samples() / 2);
  EXPECT_GT(counts_.run, samples() / 2);
}

/// Every other one after a chain of all mutations; now and then with an element of the space switched off.
TEST_F(Agreement, HoldsForSamplesOfTheFullSpace) {
  int tried = 0, drawn = 0;
  for (std::uint64_t seed = first_seed(); seed < first_seed() + static_cast<std::uint64_t>(samples()) / 2; ++seed) {
    Rng rng(seed + 1'000'000);
    const te::DagRef dag = support::random_dag(rng);
    space::Hardware hardware;
    hardware.cores = static_cast<int>(rng.between(1, 4));
    hardware.vector_lanes = rng.chance(0.5) ? 16 : 8;
    hardware.vector_registers = rng.chance(0.5) ? 32 : 16;
    space::SpaceOptions options;
    options.tails = rng.chance(0.9), options.packing = rng.chance(0.9), options.cache_blocks = rng.chance(0.8);
    const space::SearchSpace space(dag, hardware, options);
    for (int draw = 0; draw < 2; ++draw) {
      auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
      ++tried;
      if (!state) continue;
      ++drawn;
      for (int mutation = 0; draw == 1 && mutation < std::ssize(space.mutations()); ++mutation)
        if (auto child = space.mutate(*state, mutation, rng)) state = std::move(child);
      check(*state, seed);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(drawn, tried / 2);
  EXPECT_GT(counts_.lowered, drawn * 95 / 100);
  EXPECT_GT(counts_.run, drawn * 9 / 10);
}

/// Registers and lanes that schedules are sampled for are the target's.
TEST_F(Agreement, HoldsForSamplesOfEveryTargetThatRunsHere) {
  std::string left_out;
  for (const char* name : {"x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    SCOPED_TRACE(name);
    const target::TargetSpec target = *target::parse_target(name);
    if (!support::runs_here(target)) {
      left_out += std::string(" ") + name;
      continue;
    }
    cpu::Compiler compiler(target);
    space::Hardware hardware;
    hardware.cores = 2;
    hardware.vector_lanes = target.vector_bytes / 4;
    hardware.vector_registers = target.vector_registers;
    counts_ = {};
    const int draws = samples() / 25;
    for (std::uint64_t seed = first_seed(); seed < first_seed() + static_cast<std::uint64_t>(draws); ++seed) {
      Rng rng(seed + 2'000'000);
      const te::DagRef dag = support::random_dag(rng);
      if (rng.chance(0.5)) {
        check(support::random_schedule(dag, rng), seed, compiler);
      } else {
        const space::SearchSpace space(dag, hardware, {});
        const int sketch = static_cast<int>(rng.below(std::ssize(space.sketches())));
        if (const auto state = space.sample(sketch, rng)) check(*state, seed, compiler);
      }
      if (HasFailure()) return;
    }
    EXPECT_GT(counts_.run, draws / 2);
  }
  if (!left_out.empty()) GTEST_SKIP() << "this machine does not run" << left_out;
}

TEST_F(Agreement, HoldsForSamplesOfEveryWorkload) {
  constexpr int kShareOfSamples = 20;
  const int each =
      std::max<int>(1, samples() / kShareOfSamples / static_cast<int>(std::size(support::kSmallWorkloads)));
  space::Hardware hardware;
  hardware.cores = 2;
  int tried = 0, drawn = 0;
  for (const char* text : support::kSmallWorkloads) {
    SCOPED_TRACE(text);
    const space::SearchSpace space(workload::parse(text).dag, hardware, {});
    Rng rng(first_seed());
    for (int draw = 0; draw < each; ++draw) {
      const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
      ++tried;
      if (!state) continue;
      ++drawn;
      check(*state, first_seed() + static_cast<std::uint64_t>(draw));
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(drawn, tried / 2);
  EXPECT_GE(counts_.lowered, drawn * 99 / 100);
  RecordProperty("drawn", drawn);
  RecordProperty("lowered", counts_.lowered);
  RecordProperty("run", counts_.run);
}

}  // namespace
}  // namespace tilewright
