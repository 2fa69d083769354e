#include "measure/worker/loaded_candidate.h"

#include <fmt/format.h>

#include <chrono>

#include "measure/worker/watchdog.h"

namespace tilewright::measure {
namespace {

constexpr std::int32_t kNoWorkspace = 1;

RunReply failed_reply(task::ErrorKind kind, std::string text) {
  RunReply reply;
  reply.error = kind;
  reply.error_text = std::move(text);
  return reply;
}

RunReply failed_with(std::int32_t status) {
  if (status == kNoWorkspace)
    return failed_reply(task::ErrorKind::runtime, "the kernel found no memory for its workspace");
  return failed_reply(task::ErrorKind::runtime, fmt::format("the kernel returned {}", status));
}

/// Wakes the pool's threads, which else would cost the warm-up run some tens of microseconds.
void wake(const runtime::ThreadPool& pool) {
  const tw_runtime* runtime = pool.runtime();
  const auto nothing = [](void*, std::int64_t, std::int64_t) -> std::int32_t { return 0; };
  runtime->parallel_for(runtime->self, nothing, nullptr, pool.threads());
}

}  // namespace

LoadedCandidate::LoadedCandidate(TaskBuffers& buffers, runtime::ThreadPool& pool, const RunMessage& message)
    : buffers_(buffers), pool_(pool), settings_(message.settings), packed_(message.packed) {
  const auto object = runtime::LoadedObject::load(message.object);
  if (!object) {
    error_ = failed_reply(task::ErrorKind::compile_host, object.message());
    return;
  }
  object_ = *object;
  kernel_ = object_->function<tw_kernel>(message.symbol);
  if (kernel_ == nullptr)
    error_ = failed_reply(task::ErrorKind::compile_host, fmt::format("object does not define '{}'", message.symbol));
}

std::optional<double> LoadedCandidate::call() {
  const tw_kernel_args args{buffers_.pointers(), buffers_.count(), pool_.runtime()};
  const Watchdog watchdog(settings_.timeout_s);
  const auto start = std::chrono::steady_clock::now();
  const std::int32_t status = kernel_(&args);
  const double time_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (status == 0) return time_s;
  error_ = failed_with(status);
  return std::nullopt;
}

std::optional<double> LoadedCandidate::warm_up() {
  buffers_.pack(packed_);
  buffers_.poison_outputs();
  wake(pool_);
  const std::optional<double> time_s = call();
  return time_s && check("") ? time_s : std::nullopt;
}

std::optional<double> LoadedCandidate::time_once() {
  buffers_.pack(packed_);
  buffers_.flush_caches(settings_.flush_caches);
  return call();
}

bool LoadedCandidate::check(const char* when) {
  if (!settings_.check_results) return true;
  if (const auto text = buffers_.mismatch()) error_ = failed_reply(task::ErrorKind::wrong_answer, *text + when);
  return !error_;
}

}  // namespace tilewright::measure
