#include "measure/machine/machine_health.h"

#include <gtest/gtest.h>

#include <string>

#include "backend/cpu/backend.h"
#include "base/error.h"
#include "measure/machine/machine_kernels.h"
#include "measure/machine/machine_probe.h"
#include "measure/runner/local_runner.h"
#include "target/host.h"
#include "target/processors.h"

namespace tilewright::measure {
namespace {

TEST(MachineHealth, FindsAMachineThatRunsEvenlyWell) {
  MachineHealth health;
  health.judge({{1.01, 1, 1.02}, {2, 2.1, 2}});
  health.judge({{1.02, 1.01, 1.01}, {2, 2.1, 2.2}});
  EXPECT_TRUE(health.last.is_well());
  EXPECT_EQ(health.checks, 2);
  EXPECT_EQ(health.slow + health.noisy, 0);
  EXPECT_EQ(to_text(health.last), "the machine runs evenly and at full speed");
}

TEST(MachineHealth, FindsAThrottledMachineSlow) {
  MachineHealth health;
  health.judge({{1, 1, 1}, {2, 2, 2}});
  health.judge({{1.25, 1.25, 1.25}, {2, 2, 2}});
  EXPECT_TRUE(health.last.is_slow());
  EXPECT_FALSE(health.last.is_noisy());
  EXPECT_EQ(health.lowest_speed, 0.8);
  EXPECT_EQ(to_text(health.last),
            "the machine runs at 80 % of the speed it had before: it is throttled or shared, and what is measured now "
            "looks slower than it is");
  health.judge({{1, 1, 1}, {2, 2, 2}});
  EXPECT_TRUE(health.last.is_well());
  EXPECT_EQ(health.slow, 1);
}

TEST(MachineHealth, FindsMemoryThatOthersUse) {
  MachineHealth health;
  health.judge({{1, 1, 1}, {2, 2, 2}});
  health.judge({{1, 1, 1}, {4, 4, 4}});
  EXPECT_TRUE(health.last.is_slow());
  EXPECT_EQ(health.lowest_memory_speed, 0.5);
}

TEST(MachineHealth, FindsAMachineOnWhichProgramsTakeTurnsNoisy) {
  MachineHealth health;
  health.judge({{1, 1.5, 1.5}, {2, 2, 2}});
  EXPECT_TRUE(health.last.is_noisy());
  EXPECT_EQ(to_text(health.last),
            "the machine is noisy: a fixed piece of work takes 50 % longer in the middle than at best; end other "
            "programs while tuning, or the wrong candidates win");
}

TEST(MachineProbe, LooksAtTheMachine) {
  MachineProbe probe(cpu::make_target(target::host_target()), 2);
  MachineHealth health;
  for (int look = 0; look < 2; ++look) {
    const MachineProbe::Windows windows = probe.look();
    EXPECT_EQ(windows.arithmetic_s.size(), 9U);
    EXPECT_EQ(windows.memory_s.size(), 9U);
    health.judge(windows);
  }
  EXPECT_EQ(health.checks, 2);
  EXPECT_GE(health.last.noise, 0);
}

TEST(MachineProbe, KnowsAPeakOfEachTypeAndInstructionSet) {
  for (const char* name : {"host", "x86-64-v2"}) {
    const auto target = target::parse_target(name);
    ASSERT_TRUE(target) << target.message();
    if (target->is_aarch64() != target::host_target().is_aarch64()) continue;
    MachineProbe probe(cpu::make_target(*target), 1);
    for (const DType type : {DType::f32, DType::f64, DType::bf16, DType::i8, DType::i32, DType::i64})
      EXPECT_GT(probe.peak_gflops(type), 0) << name << " " << to_text(type);
  }
}

TEST(MachineProbe, TakesNoMoreThreadsThanRunAtOnce) {
  MachineProbe probe(cpu::make_target(target::host_target()), 100'000);  // as many would take minutes, and 400 GB
  EXPECT_EQ(probe.look().memory_s.size(), 9U);
}

TEST(MachineProbe, NamesAWorkerThatIsNotThere) {
  try {
    MachineProbe(cpu::make_target(target::host_target()), 1, "/nowhere/tilewright-worker").peak_gflops();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
  }
}

/// What a kernel of the machine computes is what its definition says: sums of products, and of columns.
TEST(MachineKernels, ComputeWhatTheirTensorsSay) {
  const auto target = cpu::make_target(target::host_target());
  LocalRunner::Options options;
  options.target = target;
  options.threads = 2;
  LocalRunner runner(options);
  for (const DType type : {DType::f32, DType::f64, DType::bf16, DType::i8}) {
    const backend::ScheduledProgram program = product_kernel(target, type, 2, 1).program;
    const task::Task task = task::make_task(program.state().base_dag(), "product");
    const task::Measurement result = runner.measure(task, {&program, 1}, 1e30).at(0);
    EXPECT_EQ(result.error, task::ErrorKind::none) << to_text(type) << ": " << result.error_text;
  }
  const backend::ScheduledProgram program = read_kernel(target, 2, 1 << 16).program;
  const task::Task task = task::make_task(program.state().base_dag(), "read");
  const task::Measurement result = runner.measure(task, {&program, 1}, 1e30).at(0);
  EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
}

}  // namespace
}  // namespace tilewright::measure
