#include "measure/worker/candidate_run.h"

#include <fmt/format.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "runtime/object_loader.h"

namespace tilewright::measure {
namespace {

/// Less time than this says nothing about a candidate: an interrupt takes as long.
constexpr double kLeastBeforeCut = 1e-3;
constexpr std::int32_t kNoWorkspace = 1;

/// Ends the process by SIGALRM unless it goes out of scope in time. The signal's default action is used, so that
/// nothing that a candidate does to this process's memory can keep it from ending.
class Watchdog {
 public:
  explicit Watchdog(double seconds) { set(std::max(seconds, 1e-3)); }
  ~Watchdog() { set(0); }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  static void set(double seconds) {
    const double whole = std::floor(seconds);
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(whole);
    timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - whole) * 1e6);
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
};

RunReply failed(ErrorKind kind, std::string text) {
  RunReply reply;
  reply.error = kind;
  reply.error_text = std::move(text);
  return reply;
}

RunReply failed_with(std::int32_t status) {
  if (status == kNoWorkspace) return failed(ErrorKind::runtime, "the kernel found no memory for its workspace");
  return failed(ErrorKind::runtime, fmt::format("the kernel returned {}", status));
}

/// One kernel, ready to be called.
struct Call {
  tw_kernel kernel;
  tw_kernel_args args;
  double timeout_s;
  struct Outcome {
    std::int32_t status;
    double time_s;
  };
  Outcome run() const {
    const Watchdog watchdog(timeout_s);
    const auto start = std::chrono::steady_clock::now();
    const std::int32_t status = kernel(&args);
    return {status, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
  }
};

/// Wakes the pool's threads, which else would cost the warm-up run some tens of microseconds.
void wake(const runtime::ThreadPool& pool) {
  const tw_runtime* runtime = pool.runtime();
  const auto nothing = [](void*, std::int64_t, std::int64_t) -> std::int32_t { return 0; };
  runtime->parallel_for(runtime->self, nothing, nullptr, pool.threads());
}

/// Step 2. Returns the kernel's status.
std::int32_t time_runs(const Call& call, const TaskBuffers& buffers, const RunSettings& settings, RunReply& reply) {
  const double limit_s = settings.cut_ratio * settings.incumbent_s;
  double total_s = 0, fastest_s = HUGE_VAL;
  while (static_cast<int>(reply.times_s.size()) < std::max(settings.max_runs, 1)) {
    buffers.flush_caches(settings.flush_caches);
    const Call::Outcome run = call.run();
    if (run.status != 0) return run.status;
    reply.times_s.push_back(run.time_s);
    total_s += run.time_s;
    fastest_s = std::min(fastest_s, run.time_s);
    reply.cut_short = fastest_s > limit_s && total_s >= kLeastBeforeCut;
    if (reply.cut_short || total_s >= settings.min_time_s) break;
  }
  return 0;
}

}  // namespace

RunReply run_candidate(TaskBuffers& buffers, runtime::ThreadPool& pool, const RunMessage& message) {
  const RunSettings& settings = message.settings;
  const auto object = runtime::LoadedObject::load(message.object);
  if (!object) return failed(ErrorKind::compile_host, object.message());
  const auto kernel = (*object)->function<tw_kernel>(message.symbol);
  if (kernel == nullptr) {
    return failed(ErrorKind::compile_host, fmt::format("object does not define '{}'", message.symbol));
  }
  buffers.pack(message.packed);
  const Call call{kernel, {buffers.pointers(), buffers.count(), pool.runtime()}, settings.timeout_s};

  buffers.poison_outputs();
  wake(pool);
  const Call::Outcome warm_up = call.run();
  if (warm_up.status != 0) return failed_with(warm_up.status);
  RunReply reply;
  const auto wrong = [&] { return settings.check_results ? buffers.mismatch() : std::nullopt; };
  if (const auto text = wrong()) return failed(ErrorKind::wrong_answer, *text);
  if (settings.return_outputs) reply.outputs = buffers.outputs();
  if (warm_up.time_s > kLeastBeforeCut && warm_up.time_s > 2 * settings.cut_ratio * settings.incumbent_s) {
    reply.times_s = {warm_up.time_s};
    reply.cut_short = true;
    return reply;
  }
  if (const std::int32_t status = time_runs(call, buffers, settings, reply); status != 0) return failed_with(status);
  if (const auto text = wrong()) return failed(ErrorKind::wrong_answer, *text + " after it was run again");
  return reply;
}

}  // namespace tilewright::measure
