#include "measure/runner/worker_process.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/integer.h"
#include "base/threads.h"
#include "measure/runner/worker_connection.h"
#include "measure/runner/worker_path.h"

namespace tilewright::measure {
namespace {

using Clock = std::chrono::steady_clock;

Deadline after(double seconds) {
  constexpr double kLongest = 1e6;  // a clock's nanoseconds end after some centuries
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(seconds, kLongest)));
}

/// Errors that a candidate before may have caused.
bool may_be_inherited(task::ErrorKind kind) {
  return kind == task::ErrorKind::runtime || kind == task::ErrorKind::wrong_answer || kind == task::ErrorKind::unknown;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::uint64_t bytes_of(const Argument& argument) {
  return static_cast<std::uint64_t>(product(argument.shape) * tilewright::bytes_of(argument.type));
}

RunReply failed_run(task::ErrorKind kind, std::string text) {
  RunReply reply;
  reply.error = kind;
  reply.error_text = std::move(text);
  return reply;
}

}  // namespace

WorkerProcess::WorkerProcess(const Options& options) : options_(options) {
  options_.program = find_worker(options.program);
}
WorkerProcess::~WorkerProcess() = default;

void WorkerProcess::set_task(TaskMessage task, double tolerance, std::optional<ReferenceMessage> reference) {
  task_ = std::move(task);
  tolerance_ = tolerance;
  reference_ = std::move(reference);
  is_prepared_ = false;
}

bool WorkerProcess::ensure_worker() {
  if (worker_ == nullptr) {
    worker_ = WorkerConnection::start(options_.program);
    is_prepared_ = false;
    runs_ = 0;
    resident_bytes_ = 0;
    ++started_;
  }
  if (!is_prepared_) {
    // A failure to send shows when the reply does not come.
    const Deadline deadline = after(preparation_s());
    is_prepared_ =
        worker_->send(encode(task_), deadline) && (!reference_ || worker_->send(encode(*reference_), deadline));
  }
  return runs_++ == 0;
}

void WorkerProcess::recycle() {
  constexpr int kLeastRuns = 16;  // starting a process and filling its arguments must stay a small part
  if (worker_ == nullptr || runs_ < std::min(kLeastRuns, options_.most_runs)) return;
  const std::int64_t most_bytes = 2 * static_cast<std::int64_t>(argument_bytes()) + options_.spare_bytes;
  if (runs_ >= options_.most_runs || resident_bytes_ > most_bytes) worker_.reset();
}

std::uint64_t WorkerProcess::argument_bytes() const {
  std::uint64_t bytes = 0;
  for (const Argument& argument : task_.arguments) bytes += bytes_of(argument);
  return bytes;
}

double WorkerProcess::preparation_s() const {
  constexpr double kBytesPerSecond = 5e7;  // of filling and copying, on a slow and busy machine
  return options_.grace_s + static_cast<double>(argument_bytes()) / kBytesPerSecond;
}

RunReply WorkerProcess::bury(Transfer received, double longest_s, double timeout_s) {
  constexpr double kLeastShare = 0.5;  // of its time limit that an endless candidate computes, even on a busy machine
  const WorkerEnd end = worker_->end();
  if (worker_->take_stopped()) disturbance_ = Disturbance::stopped;
  worker_.reset();
  const bool is_timeout = received == Transfer::late || end.kind == task::ErrorKind::run_timeout;
  if (is_timeout && disturbance_ == Disturbance::none && end.cpu_s - cpu_before_s_ < kLeastShare * timeout_s)
    disturbance_ = Disturbance::starved;
  if (received == Transfer::late) {
    return failed_run(task::ErrorKind::run_timeout,
                      fmt::format("the candidate did not end within {:.3g} s and was killed", longest_s));
  }
  if (received == Transfer::malformed)
    return failed_run(task::ErrorKind::runtime, "the candidate damaged the worker's memory");
  if (end.kind == task::ErrorKind::run_timeout) {
    return failed_run(end.kind, fmt::format("the candidate ran longer than {:.3g} s", timeout_s));
  }
  return failed_run(end.kind, "the candidate " + end.text);
}

std::optional<RunReply> WorkerProcess::converse(const Frame& message, double longest_s, double timeout_s,
                                                Frame& answer) {
  constexpr std::uint64_t kMostTextBytes = 1 << 20;
  disturbance_ = Disturbance::none;
  cpu_before_s_ = worker_->cpu_s();
  Transfer received = Transfer::closed;
  if (worker_->send(message, after(longest_s))) {
    received = worker_->receive(answer, argument_bytes() + kMostTextBytes, after(longest_s));
  }
  if (received != Transfer::done) return bury(received, longest_s, timeout_s);
  if (worker_->take_stopped()) disturbance_ = Disturbance::stopped;
  return std::nullopt;
}

/// Whether a worker that is well could have said so. Its memory is that of the candidates, so nothing else can be
/// relied on: times that can't be must not become a record.
bool WorkerProcess::is_plausible(const RunReply& reply, const RunSettings& settings, int most_runs,
                                 double elapsed_s) const {
  if (reply.error != task::ErrorKind::none) return true;
  const auto runs = static_cast<int>(std::min<std::size_t>(reply.times_s.size(), 1U << 30));
  if (runs < 1 || runs > std::max(1, most_runs)) return false;
  double sum_s = 0;
  for (const double time_s : reply.times_s) {
    if (!std::isfinite(time_s) || time_s <= 0) return false;
    sum_s += time_s;
  }
  std::vector<std::uint64_t> sizes;
  for (const Argument& argument : task_.arguments)
    if (argument.is_output && settings.return_outputs) sizes.push_back(bytes_of(argument));
  return sum_s <= elapsed_s &&
         std::ranges::equal(reply.outputs, sizes, {}, [](const std::string& output) { return output.size(); });
}

RunReply WorkerProcess::exchange_once(const RunMessage& message) {
  const RunSettings& settings = message.settings;
  // The worker limits each run by itself: the warm-up, the timed runs but the last, together max_time_s, and the last.
  const double longest_s = 2 * settings.timeout_s + settings.repetition.max_time_s + preparation_s();
  const Clock::time_point start = Clock::now();
  Frame frame;
  if (auto failure = converse(encode(message), longest_s, settings.timeout_s, frame)) return *std::move(failure);
  constexpr std::size_t kMostText = 4096;
  std::optional<RunReply> reply = decode<RunReply>(frame);
  if (reply && is_plausible(*reply, settings, settings.repetition.max_runs, seconds_since(start))) {
    reply->error_text.resize(std::min(reply->error_text.size(), kMostText));
    resident_bytes_ = reply->resident_bytes;
    if (reply->error == task::ErrorKind::unknown &&
        reply->error_text.starts_with(kTooFewThreads))  // no candidate's fault
      throw Error(Code::nothing_measured, "a worker, which runs candidates, {}", reply->error_text);
    return *std::move(reply);
  }
  return bury(Transfer::malformed, longest_s, settings.timeout_s);
}

RunReply WorkerProcess::exchange(const RunMessage& message) {
  constexpr int kMostTries = 3;
  for (int tries = 1;; ++tries) {
    RunReply reply = exchange_once(message);
    if (disturbance_ == Disturbance::none) return reply;
    if (tries == kMostTries) {
      if (disturbance_ == Disturbance::starved) return reply;  // it waits for something that never comes
      worker_.reset();
      ensure_worker();
      return failed_run(task::ErrorKind::unknown, std::string(task::kNotMeasured));
    }
    worker_.reset();
    ensure_worker();
  }
}

std::vector<task::Measurement> WorkerProcess::remeasure(RemeasureMessage message) {
  const Clock::time_point start = Clock::now();
  recycle();
  ensure_worker();
  const auto count = static_cast<double>(message.candidates.size());
  double longest_s = message.rule.max_time_s + preparation_s();
  for (const RunMessage& candidate : message.candidates)
    longest_s += (2 + message.rule.min_runs) * candidate.settings.timeout_s;
  Frame frame;
  if (converse(encode(message), longest_s, 0, frame)) return {};
  std::optional<RemeasureReply> reply = decode<RemeasureReply>(frame);
  const auto is_valid = [&](const RunReply& candidate) {
    return is_plausible(candidate, {}, message.rule.max_runs, seconds_since(start));
  };
  if (!reply || reply->candidates.size() != message.candidates.size() || disturbance_ != Disturbance::none ||
      !std::ranges::all_of(reply->candidates, is_valid)) {
    worker_.reset();
    return {};
  }
  std::vector<task::Measurement> results;
  for (RunReply& candidate : reply->candidates) {
    task::Measurement& result = results.emplace_back();
    result.error = candidate.error;
    result.error_text = std::move(candidate.error_text);
    if (candidate.error == task::ErrorKind::none) result.times_s = std::move(candidate.times_s);
    result.run_s = seconds_since(start) / count;
  }
  return results;
}

task::Measurement WorkerProcess::run(std::string_view object, std::string_view symbol, RunSettings settings,
                                     std::vector<PackedArgument> packed) {
  const Clock::time_point start = Clock::now();
  settings.return_outputs = settings.check_results && !reference_;
  const RunMessage message{settings, std::string(symbol), std::string(object), std::move(packed)};
  recycle();
  bool is_fresh = ensure_worker();
  RunReply reply = exchange(message);
  if (!is_fresh && may_be_inherited(reply.error)) {
    worker_.reset();
    ensure_worker();
    reply = exchange(message);
  }
  if (may_be_inherited(reply.error)) worker_.reset();  // what it did to the process, nobody knows
  if (reply.error == task::ErrorKind::none && settings.return_outputs) {
    reference_ = ReferenceMessage{std::move(reply.outputs), tolerance_};
    is_prepared_ = worker_->send(encode(*reference_), after(preparation_s()));
  }
  task::Measurement result;
  result.error = reply.error;
  result.error_text = std::move(reply.error_text);
  if (reply.error == task::ErrorKind::none) result.times_s = std::move(reply.times_s);
  result.cut_short = reply.cut_short;
  result.run_s = seconds_since(start);
  return result;
}

}  // namespace tilewright::measure
