#include "measure/worker_process.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/integer.h"
#include "measure/worker_connection.h"
#include "measure/worker_path.h"

namespace tilewright::measure {
namespace {

using Clock = std::chrono::steady_clock;

Deadline after(double seconds) {
  constexpr double kLongest = 1e6;  // a clock's nanoseconds end after some centuries
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(seconds, kLongest)));
}

/// Errors that a candidate before may have caused.
bool may_be_inherited(ErrorKind kind) {
  return kind == ErrorKind::runtime || kind == ErrorKind::wrong_answer || kind == ErrorKind::unknown;
}

RunReply failed(ErrorKind kind, std::string text) {
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
  if (runs_ >= options_.most_runs || worker_->resident_bytes() > most_bytes) worker_.reset();
}

std::uint64_t WorkerProcess::argument_bytes() const {
  std::int64_t bytes = 0;
  for (const Argument& argument : task_.arguments) bytes += product(argument.shape) * bytes_of(argument.type);
  return static_cast<std::uint64_t>(bytes);
}

double WorkerProcess::preparation_s() const {
  constexpr double kBytesPerSecond = 5e7;  // of filling and copying, on a slow and busy machine
  return options_.grace_s + static_cast<double>(argument_bytes()) / kBytesPerSecond;
}

RunReply WorkerProcess::bury(Transfer received, double longest_s, double timeout_s) {
  const WorkerEnd end = worker_->end();
  worker_.reset();
  if (received == Transfer::late) {
    return failed(ErrorKind::run_timeout,
                  fmt::format("the candidate did not end within {:.3g} s and was killed", longest_s));
  }
  if (received == Transfer::malformed) return failed(ErrorKind::runtime, "the candidate damaged the worker's memory");
  if (end.kind == ErrorKind::run_timeout) {
    return failed(end.kind, fmt::format("the candidate ran longer than {:.3g} s", timeout_s));
  }
  return failed(end.kind, "the candidate " + end.text);
}

std::optional<RunReply> WorkerProcess::converse(const Frame& message, double longest_s, double timeout_s,
                                                Frame& answer) {
  constexpr std::uint64_t kMostTextBytes = 1 << 20;
  Transfer received = Transfer::closed;
  if (worker_->send(message, after(longest_s))) {
    received = worker_->receive(answer, argument_bytes() + kMostTextBytes, after(longest_s));
  }
  if (received == Transfer::done) return std::nullopt;
  return bury(received, longest_s, timeout_s);
}

RunReply WorkerProcess::exchange(const RunMessage& message) {
  const RunSettings& settings = message.settings;
  // The worker limits each run by itself: the warm-up, the timed runs but the last, together max_time_s, and the last.
  const double longest_s = 2 * settings.timeout_s + settings.repetition.max_time_s + preparation_s();
  Frame frame;
  if (auto failure = converse(encode(message), longest_s, settings.timeout_s, frame)) return *std::move(failure);
  std::optional<RunReply> reply = decode<RunReply>(frame);
  if (reply && static_cast<int>(reply->error) < kErrorKinds) return *std::move(reply);
  return bury(Transfer::malformed, longest_s, settings.timeout_s);
}

std::vector<Measurement> WorkerProcess::contest(ContestMessage message) {
  const Clock::time_point start = Clock::now();
  recycle();
  ensure_worker();
  const auto count = static_cast<double>(message.candidates.size());
  double longest_s = message.rule.max_time_s + preparation_s();
  for (const RunMessage& candidate : message.candidates)
    longest_s += (2 + message.rule.min_runs) * candidate.settings.timeout_s;
  Frame frame;
  if (converse(encode(message), longest_s, 0, frame)) return {};
  std::optional<ContestReply> reply = decode<ContestReply>(frame);
  if (!reply || reply->candidates.size() != message.candidates.size()) {
    worker_.reset();
    return {};
  }
  std::vector<Measurement> results;
  for (RunReply& candidate : reply->candidates) {
    Measurement& result = results.emplace_back();
    result.error = candidate.error;
    result.error_text = std::move(candidate.error_text);
    if (candidate.error == ErrorKind::none) result.times_s = std::move(candidate.times_s);
    result.run_s = std::chrono::duration<double>(Clock::now() - start).count() / count;
  }
  return results;
}

Measurement WorkerProcess::run(std::string_view object, std::string_view symbol, RunSettings settings,
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
  if (reply.error == ErrorKind::none && settings.return_outputs) {
    reference_ = ReferenceMessage{std::move(reply.outputs), tolerance_};
    is_prepared_ = worker_->send(encode(*reference_), after(preparation_s()));
  }
  Measurement result;
  result.error = reply.error;
  result.error_text = std::move(reply.error_text);
  if (reply.error == ErrorKind::none) result.times_s = std::move(reply.times_s);
  result.cut_short = reply.cut_short;
  result.run_s = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

}  // namespace tilewright::measure
