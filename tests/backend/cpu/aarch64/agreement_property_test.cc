// Whatever the schedule, machine code for AArch64 computes what the tensor expressions say. It runs in the worker,
// built for AArch64, under emulation.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>

#include "backend/cpu/compiler.h"
#include "base/element.h"
#include "base/fill_input.h"
#include "loop/lower.h"
#include "measure/runner/task_reference.h"
#include "measure/runner/worker_process.h"
#include "schedule/codec.h"
#include "space/search_space.h"
#include "support/expect_close.h"
#include "support/random_dag.h"
#include "support/random_integers.h"
#include "support/random_schedule.h"
#include "support/small_workloads.h"
#include "target/processors.h"
#include "workload/workload.h"

namespace tilewright {
namespace {

int samples() {
  constexpr int kSamples = 200;
  const char* wanted = std::getenv("TW_SAMPLES");
  return wanted ? std::atoi(wanted) : kSamples;
}

/// The input that the worker makes of `seed` for an argument.
te::Array input(const te::Tensor& tensor, std::uint64_t seed, int argument) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(tensor->elements() * bytes_of(tensor->type)));
  fill_input(tensor->type, bytes.data(), tensor->elements(), seed, argument);
  te::Array array(tensor->type, tensor->shape);
  for (std::int64_t i = 0; i < tensor->elements(); ++i) array.append(load_element(tensor->type, bytes.data(), i));
  return array;
}

std::vector<te::Array> arrays_of(const te::Dag& dag, const measure::ReferenceMessage& outputs) {
  std::vector<te::Array> arrays;
  for (const te::Tensor& tensor : dag.outputs()) {
    const std::string& bytes = outputs.outputs.at(arrays.size());
    te::Array array(tensor->type, tensor->shape);
    for (std::int64_t i = 0; i < tensor->elements(); ++i) array.append(load_element(tensor->type, bytes.data(), i));
    arrays.push_back(std::move(array));
  }
  return arrays;
}

class AArch64 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(TILEWRIGHT_EMULATED_WORKER).empty())
      GTEST_SKIP() << "SKIPPED: no AArch64 cross compiler (g++-aarch64-linux-gnu) or emulator (qemu-user), or a "
                      "sanitizer is on";
    worker_.emplace(measure::WorkerProcess::Options{.program = TILEWRIGHT_EMULATED_WORKER, .grace_s = 60});
    hardware_.cores = 2;
    hardware_.vector_lanes = target_.vector_bytes / 4;
    hardware_.vector_registers = target_.vector_registers;
  }

  void check(const schedule::State& state, std::uint64_t seed) {
    const Result<loop::Program> program = loop::lower(state);
    if (!program) return;
    const Result<std::string> object = compiler_.compile(*program, "kernel");
    if (!object) return;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const te::Dag& dag = *state.base_dag();
    std::vector<te::Array> inputs;
    for (std::size_t a = 0; a < dag.arguments().size(); ++a)
      if (dag.arguments()[a]->is_placeholder()) inputs.push_back(input(dag.arguments()[a], seed, static_cast<int>(a)));
    worker_->set_task(measure::task_message(dag, seed, {}), 0);
    measure::RunSettings settings;
    settings.threads = 2;
    settings.repetition.min_runs = settings.repetition.max_runs = 1;
    settings.timeout_s = 60;
    const task::Measurement ran = worker_->run(*object, "kernel", settings, program->packed);
    ++run_;
    if (ran.error == task::ErrorKind::none) {
      const auto wrong =
          support::difference(arrays_of(dag, *worker_->reference()), te::interpret_with_bounds(dag, inputs));
      EXPECT_FALSE(wrong) << *wrong;
    } else {
      ADD_FAILURE() << ran.error_text;
    }
    if (HasFailure())
      ADD_FAILURE() << to_text(dag) << to_text(state) << to_json(state.steps()) << loop::to_text(*program);
  }

  target::TargetSpec target_ = *target::parse_target("aarch64+neon");
  cpu::Compiler compiler_{target_};
  std::optional<measure::WorkerProcess> worker_;
  space::Hardware hardware_;
  int run_ = 0;
};

TEST_F(AArch64, AgreesForRandomSchedulesOfRandomDags) {
  for (int seed = 0; seed < samples() && !HasFailure(); ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed) + 3'000'000);
    const te::DagRef dag = support::random_dag(rng);
    check(support::random_schedule(dag, rng), static_cast<std::uint64_t>(seed));
  }
  EXPECT_GT(run_, samples() / 2);
}

/// The inputs are the worker's, small and not 0; divisors of 0 and overflow come of what is computed from them.
TEST_F(AArch64, AgreesOnWhatIntegersMean) {
  for (int seed = 0; seed < samples() && !HasFailure(); ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed) + 5'000'000);
    const te::DagRef dag = support::RandomIntegers(rng).dag();
    check(support::random_schedule(dag, rng), static_cast<std::uint64_t>(seed));
  }
  EXPECT_GT(run_, samples() / 2);
}

TEST_F(AArch64, AgreesForSamplesOfTheSpaceOfRandomDags) {
  for (int seed = 0; seed < samples() && !HasFailure(); ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed) + 4'000'000);
    const te::DagRef dag = support::random_dag(rng);
    const space::SearchSpace space(dag, hardware_, {});
    const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
    if (state) check(*state, static_cast<std::uint64_t>(seed));
  }
  EXPECT_GT(run_, samples() / 2);
}

TEST_F(AArch64, AgreesForSamplesOfEveryWorkload) {
  for (const char* text : support::kSmallWorkloads) {
    SCOPED_TRACE(text);
    const space::SearchSpace space(workload::parse(text).dag, hardware_, {});
    check(space.default_state(), 0);
    Rng rng(5);
    for (int draw = 0; draw < samples() / 60 && !HasFailure(); ++draw) {
      const auto state = space.sample(static_cast<int>(rng.below(std::ssize(space.sketches()))), rng);
      if (state) check(*state, static_cast<std::uint64_t>(draw));
    }
  }
  EXPECT_GE(run_, static_cast<int>(std::size(support::kSmallWorkloads)));
}

}  // namespace
}  // namespace tilewright
