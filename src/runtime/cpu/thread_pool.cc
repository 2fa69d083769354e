#include "runtime/cpu/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "base/cores.h"
#include "base/threads.h"
#include "runtime/cpu/event_counter.h"
#include "runtime/cpu/memory.h"

namespace tilewright::runtime {
namespace {

struct Job {
  tw_parallel_body body = nullptr;  ///< null: the worker ends
  void* closure = nullptr;
  std::int64_t extent = 0;
  int chunks = 0;

  std::int32_t run_chunk(int i) const { return body(closure, bound(i), bound(i + 1)); }
  /// Chunks differ by at most one iteration; written so that extent * chunks can't overflow.
  std::int64_t bound(int i) const { return extent / chunks * i + std::min<std::int64_t>(i, extent % chunks); }
};

struct Worker {
  EventCounter given, done;  ///< jobs handed to this worker, and finished by it
  std::uint32_t jobs = 0;    ///< the caller's count of `given`
  std::int32_t result = 0;
  GrowingBlock workspace;
  std::thread thread;
};

/// What the current thread is doing: which pool's loop it is in, as which thread of that pool.
struct WorkerPlace {
  const void* pool = nullptr;
  int thread = 0;
};
thread_local WorkerPlace t_place;

using Mask = std::array<cpu_set_t, 16>;  // 16,384 cores

Mask only(int core) {
  Mask mask;
  CPU_ZERO_S(sizeof mask, mask.data());
  CPU_SET_S(static_cast<std::size_t>(core), sizeof mask, mask.data());
  return mask;
}

void pin_to(pthread_t thread, const Mask& mask) { pthread_setaffinity_np(thread, sizeof mask, mask.data()); }

/// Pins the calling thread while it lives.
class CallerPin {
 public:
  explicit CallerPin(int core) : known_(pthread_getaffinity_np(pthread_self(), sizeof before_, before_.data()) == 0) {
    if (known_) pin_to(pthread_self(), only(core));
  }
  ~CallerPin() {
    if (known_) pin_to(pthread_self(), before_);
  }
  CallerPin(const CallerPin&) = delete;
  CallerPin& operator=(const CallerPin&) = delete;

 private:
  Mask before_;
  bool known_;
};

}  // namespace

struct ThreadPool::Impl {
  int threads = 1;
  int spin_us = 0;
  tw_runtime table{};
  Job job;
  GrowingBlock kernel_workspace;      ///< slot 0
  GrowingBlock caller_workspace;      ///< slot 1 of thread 0
  std::unique_ptr<Worker[]> workers;  ///< [threads - 1]; worker i is thread i + 1
  std::optional<CallerPin> caller_pin;

  explicit Impl(const Options& options);
  ~Impl() { stop(threads - 1); }
  void stop(int started);
  void work(int thread);
  std::int32_t parallel_for(tw_parallel_body body, void* closure, std::int64_t extent);
  void* workspace(std::int32_t slot, std::int64_t bytes);
};

ThreadPool::Impl::Impl(const Options& options) : threads(options.threads), spin_us(options.spin_us) {
  if (threads <= 0) threads = available_cores();
  const std::vector<int> cores = allowed_cores();
  const auto allowed = static_cast<double>(cores.size()), quota = cgroup_cpu_quota().value_or(allowed);
  if (threads > std::min(allowed, quota)) spin_us = 0;  // who spins would keep another thread from its work
  // Beside others on the same cores, which a quota tells of, the scheduler knows better which are free.
  const bool pins = threads <= allowed && quota >= allowed;
  table.self = this;
  table.parallel_for = [](void* self, tw_parallel_body body, void* closure, std::int64_t extent) {
    return static_cast<Impl*>(self)->parallel_for(body, closure, extent);
  };
  table.workspace = [](void* self, std::int32_t slot, std::int64_t bytes) {
    return static_cast<Impl*>(self)->workspace(slot, bytes);
  };
  workers = std::make_unique<Worker[]>(static_cast<std::size_t>(threads - 1));
  for (int i = 1; i < threads; ++i) {
    Worker& worker = workers[static_cast<std::size_t>(i - 1)];
    try {
      worker.thread = std::thread([this, i] { work(i); });
    } catch (const std::system_error& error) {
      stop(i - 1);
      throw too_few_threads(threads, i, error);
    }
    if (options.pin && pins) {
      pin_to(worker.thread.native_handle(), only(cores[static_cast<std::size_t>(i)]));
    }
  }
  if (options.pin_caller && pins) caller_pin.emplace(cores.front());  // last: threads inherit the mask
}

void ThreadPool::Impl::stop(int started) {
  job = Job{};
  for (int i = 0; i < started; ++i) workers[static_cast<std::size_t>(i)].given.advance();
  for (int i = 0; i < started; ++i) workers[static_cast<std::size_t>(i)].thread.join();
}

void ThreadPool::Impl::work(int thread) {
  Worker& self = workers[static_cast<std::size_t>(thread - 1)];
  t_place = {this, thread};
  for (std::uint32_t next = 1;; ++next) {
    self.given.wait_for(next, spin_us);
    if (job.body == nullptr) return;
    self.result = job.run_chunk(thread);
    self.done.advance();
  }
}

std::int32_t ThreadPool::Impl::parallel_for(tw_parallel_body body, void* closure, std::int64_t extent) {
  if (extent <= 0) return 0;
  const int chunks = static_cast<int>(std::min<std::int64_t>(extent, threads));
  if (chunks == 1 || t_place.pool != nullptr) return body(closure, 0, extent);

  job = {body, closure, extent, chunks};
  for (int i = 0; i < chunks - 1; ++i) {
    Worker& worker = workers[static_cast<std::size_t>(i)];
    ++worker.jobs;
    worker.given.advance();
  }
  t_place = {this, 0};
  std::int32_t result = job.run_chunk(0);
  t_place = {};
  for (int i = 0; i < chunks - 1; ++i) {
    Worker& worker = workers[static_cast<std::size_t>(i)];
    worker.done.wait_for(worker.jobs, spin_us);
    if (result == 0) result = worker.result;
  }
  return result;
}

void* ThreadPool::Impl::workspace(std::int32_t slot, std::int64_t bytes) {
  if (slot == 0) return kernel_workspace.reserve(bytes);
  if (slot != 1) return nullptr;
  // A thread of another pool that runs a kernel on this one does so alone, as its caller.
  const int thread = t_place.pool == this ? t_place.thread : 0;
  return thread == 0 ? caller_workspace.reserve(bytes)
                     : workers[static_cast<std::size_t>(thread - 1)].workspace.reserve(bytes);
}

ThreadPool::ThreadPool(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
ThreadPool::~ThreadPool() = default;
int ThreadPool::threads() const { return impl_->threads; }
const tw_runtime* ThreadPool::runtime() const { return &impl_->table; }

void ThreadPool::release_workspace() {
  impl_->kernel_workspace.release();
  impl_->caller_workspace.release();
  for (int i = 0; i < impl_->threads - 1; ++i) impl_->workers[static_cast<std::size_t>(i)].workspace.release();
}

}  // namespace tilewright::runtime
