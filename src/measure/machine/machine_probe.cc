#include "measure/machine/machine_probe.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "base/cores.h"
#include "measure/machine/machine_kernels.h"
#include "measure/runner/task_reference.h"
#include "measure/runner/worker_process.h"

namespace tilewright::measure {
namespace {

constexpr std::string_view kSymbol = "tw_machine";

/// A kernel, and what its worker has to hold ready.
struct Prepared {
  TaskMessage task;
  std::string object;
};

}  // namespace

struct MachineProbe::Impl {
  backend::TargetRef target;
  int threads;
  std::unique_ptr<backend::Compiler> compiler;
  WorkerProcess worker;
  std::optional<Prepared> arithmetic, memory;  ///< of a look

  Impl(const backend::TargetRef& to_look_at, int wanted, const std::filesystem::path& program)
      : target(to_look_at),
        threads(threads_at_once(wanted)),
        compiler(target->backend->compiler(*target)),
        worker({.program = program}) {}

  Prepared prepare(const backend::ScheduledProgram& scheduled) {
    Result<std::string> object = compiler->compile_finished(*scheduled.program(), kSymbol);
    TW_CHECK(object, "{}", object.message());
    return {task_message(*scheduled.state().base_dag(), 1), *std::move(object)};
  }

  /// The times of so many runs.
  std::vector<double> time(const Prepared& kernel, int runs) {
    constexpr double kNever_s = 1e30, kLongest_s = 60;
    RunSettings settings;
    settings.threads = threads;
    settings.repetition = {
        .incumbent_s = kNever_s, .least_time_s = 0, .max_time_s = kLongest_s, .min_runs = runs, .max_runs = runs};
    settings.timeout_s = kLongest_s;
    settings.check_results = false;
    worker.set_task(kernel.task, 0);
    const task::Measurement result = worker.run(kernel.object, kSymbol, settings);
    if (result.error == task::ErrorKind::none && result.is_measured()) return result.times_s;
    throw Error(Code::nothing_measured, "the speed of this machine can't be measured: {}", result.error_text);
  }
};

MachineProbe::MachineProbe(const backend::TargetRef& target, int threads, const std::filesystem::path& worker)
    : impl_(std::make_unique<Impl>(target, threads, worker)) {}
MachineProbe::~MachineProbe() = default;

double MachineProbe::peak_gflops(DType type) {
  constexpr std::int64_t kRounds = 6000;  // some milliseconds
  constexpr int kWindows = 24;
  const ProductKernel kernel = product_kernel(impl_->target, type, impl_->threads, kRounds);
  return kernel.flops / std::ranges::min(impl_->time(impl_->prepare(kernel.program), kWindows)) * 1e-9;
}

double MachineProbe::memory_gbs(std::int64_t last_cache_bytes) {
  constexpr int kPasses = 5;
  const std::int64_t bytes = std::clamp<std::int64_t>(4 * last_cache_bytes, 64 << 20, 512 << 20);
  const ReadKernel kernel = read_kernel(impl_->target, impl_->threads, bytes);
  return kernel.bytes / std::ranges::min(impl_->time(impl_->prepare(kernel.program), kPasses)) * 1e-9;
}

MachineProbe::Windows MachineProbe::look() {
  constexpr std::int64_t kRounds = 600;                   // about half a millisecond
  constexpr std::int64_t kBytes = std::int64_t{4} << 20;  // per thread, beyond second-level caches
  constexpr int kWindows = 9;
  Impl& impl = *impl_;
  if (!impl.arithmetic)
    impl.arithmetic = impl.prepare(product_kernel(impl.target, DType::f32, impl.threads, kRounds).program);
  if (!impl.memory) impl.memory = impl.prepare(read_kernel(impl.target, impl.threads, kBytes * impl.threads).program);
  return {impl.time(*impl.arithmetic, kWindows), impl.time(*impl.memory, kWindows)};
}

}  // namespace tilewright::measure
