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

WorkerProcess::WorkerProcess(const Options& options)
    : program_(find_worker(options.program)), grace_s_(options.grace_s) {}
WorkerProcess::~WorkerProcess() = default;

void WorkerProcess::set_task(TaskMessage task, double tolerance, std::optional<ReferenceMessage> reference) {
  task_ = std::move(task);
  tolerance_ = tolerance;
  reference_ = std::move(reference);
  is_prepared_ = false;
}

bool WorkerProcess::ensure_worker() {
  if (worker_ == nullptr) {
    worker_ = WorkerConnection::start(program_);
    is_prepared_ = false;
    is_fresh_ = true;
  }
  if (!is_prepared_) {
    // A failure to send shows when the reply does not come.
    const Deadline deadline = after(preparation_s());
    is_prepared_ =
        worker_->send(encode(task_), deadline) && (!reference_ || worker_->send(encode(*reference_), deadline));
  }
  return std::exchange(is_fresh_, false);
}

std::uint64_t WorkerProcess::argument_bytes() const {
  std::int64_t bytes = 0;
  for (const Argument& argument : task_.arguments) bytes += product(argument.shape) * bytes_of(argument.type);
  return static_cast<std::uint64_t>(bytes);
}

double WorkerProcess::preparation_s() const {
  constexpr double kBytesPerSecond = 5e7;  // of filling and copying, on a slow and busy machine
  return grace_s_ + static_cast<double>(argument_bytes()) / kBytesPerSecond;
}

RunReply WorkerProcess::exchange(const RunMessage& message) {
  constexpr std::uint64_t kMostTextBytes = 1 << 20;
  const RunSettings& settings = message.settings;
  // The worker limits each run by itself: the warm-up, the timed runs but the last, together min_time_s, and the last.
  const double longest_s = 2 * settings.timeout_s + settings.min_time_s + preparation_s();
  Frame frame;
  Transfer received = Transfer::closed;
  if (worker_->send(encode(message), after(longest_s))) {
    received = worker_->receive(frame, argument_bytes() + kMostTextBytes, after(longest_s));
  }
  if (received == Transfer::done) {
    std::optional<RunReply> reply = decode<RunReply>(frame);
    if (reply && static_cast<int>(reply->error) < kErrorKinds) return std::move(*reply);
    received = Transfer::malformed;
  }
  const WorkerEnd end = worker_->end();
  worker_.reset();
  if (received == Transfer::late) {
    return failed(ErrorKind::run_timeout,
                  fmt::format("the candidate did not end within {:.3g} s and was killed", longest_s));
  }
  if (received == Transfer::malformed) return failed(ErrorKind::runtime, "the candidate damaged the worker's memory");
  if (end.kind == ErrorKind::run_timeout) {
    return failed(end.kind, fmt::format("the candidate ran longer than {:.3g} s", settings.timeout_s));
  }
  return failed(end.kind, "the candidate " + end.text);
}

Measurement WorkerProcess::run(std::string_view object, std::string_view symbol, RunSettings settings,
                               std::vector<PackedArgument> packed) {
  const Clock::time_point start = Clock::now();
  settings.return_outputs = settings.check_results && !reference_;
  const RunMessage message{settings, std::string(symbol), std::string(object), std::move(packed)};
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
