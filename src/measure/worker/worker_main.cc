// tilewright-worker: runs candidates for the tuner that started it, so that none can hurt the tuner. It talks to it
// over the socket kWorkerSocket (measure/protocol/messages.h) and ends when that closes.

#include <fmt/format.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "measure/transport/socket.h"
#include "measure/worker/candidate_run.h"
#include "measure/worker/remeasurement.h"

namespace tilewright::measure {
namespace {

constexpr std::uint64_t kMostFrameBytes = std::uint64_t{1} << 36;

/// A crash must end this process by its signal, whatever a sanitizer or the tuner's shell had installed, and leave no
/// core.
void take_signals_as_they_are() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGTERM, SIGINT}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
}

/// Lets the process map `bytes` more than it has mapped now; negative: as much as it likes.
void limit_memory(std::int64_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = limit.rlim_max;
  if (bytes >= 0) {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t wanted = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + static_cast<rlim_t>(bytes);
    limit.rlim_cur = std::min(limit.rlim_cur, wanted);
  }
  setrlimit(RLIMIT_AS, &limit);
}

/// Memory that this process holds; 0 if the system does not say.
std::int64_t resident_bytes() {
  std::int64_t mapped = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> mapped >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// Thrown with what the tuner sent that makes no sense.
struct NoSense {
  std::string what;
};

/// The message in a frame. Errors: NoSense if it is damaged, or has a problem (messages.h).
template <class Message, class... Task>
Message read(const Frame& frame, const Task&... task) {
  std::optional<Message> message = decode<Message>(frame);
  if (!message) throw NoSense(fmt::format("a damaged message of kind {}", static_cast<std::uint32_t>(frame.kind)));
  if (auto problem = problem_with(*message, task...)) throw NoSense(*std::move(problem));
  return *std::move(message);
}

class Worker {
 public:
  explicit Worker(Transport& tuner) : tuner_(tuner) {}
  /// Serves until the tuner closes the connection. Errors: NoSense.
  void serve();

 private:
  void handle(const Frame& frame);
  void set_task(TaskMessage task);
  void prepare(int threads);
  RunReply run(const RunMessage& message);
  RemeasureReply run(const RemeasureMessage& message);

  Transport& tuner_;
  TaskMessage task_;
  std::unique_ptr<runtime::ThreadPool> pool_;
  std::unique_ptr<TaskBuffers> buffers_;  ///< of the task; none if they don't fit in memory
  std::int64_t workspace_bytes_ = 0;
};

void Worker::serve() {
  Transfer received = send_greeting(tuner_);
  for (Frame frame; received == Transfer::done;) {
    received = receive_frame(tuner_, frame, kMostFrameBytes);
    if (received == Transfer::malformed) throw NoSense("what is no frame");
    if (received == Transfer::done) handle(frame);
  }
}

void Worker::handle(const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::task:
      return set_task(read<TaskMessage>(frame));
    case FrameKind::reference: {
      auto reference = read<ReferenceMessage>(frame, task_);
      if (buffers_ != nullptr) buffers_->set_reference(std::move(reference));
      return;
    }
    case FrameKind::run:
      send_frame(tuner_, encode(run(read<RunMessage>(frame, task_))));  // that it is gone shows when nothing more comes
      return;
    case FrameKind::remeasure:
      send_frame(tuner_, encode(run(read<RemeasureMessage>(frame, task_))));
      return;
    case FrameKind::reply:
    case FrameKind::remeasure_reply:
      break;
  }
  throw NoSense(fmt::format("a message of kind {}", static_cast<std::uint32_t>(frame.kind)));
}

void Worker::set_task(TaskMessage task) {
  constexpr std::int64_t kLeastWorkspace = std::int64_t{1} << 30;
  task_ = std::move(task);
  limit_memory(-1);
  if (pool_ != nullptr) pool_->release_workspace();
  buffers_.reset();  // first, so that two tasks need not fit at once
  try {
    buffers_ = std::make_unique<TaskBuffers>(task_);
  } catch (const std::bad_alloc&) {
    return;  // every run of the task says so
  }
  workspace_bytes_ =
      task_.workspace_bytes > 0 ? task_.workspace_bytes : std::max(kLeastWorkspace, 4 * buffers_->bytes());
}

/// Ready to run with so many threads, within the task's memory.
void Worker::prepare(int threads) {
  if (buffers_ == nullptr) throw std::bad_alloc();
  if (pool_ == nullptr || pool_->threads() != threads) {
    limit_memory(-1);
    pool_.reset();
    pool_ = std::make_unique<runtime::ThreadPool>(runtime::ThreadPool::Options{.threads = threads, .pin_caller = true});
  }
  limit_memory(workspace_bytes_);
}

RunReply Worker::run(const RunMessage& message) {
  RunReply reply;
  try {
    prepare(message.settings.threads);
    reply = run_candidate(*buffers_, *pool_, message);
  } catch (const std::bad_alloc&) {
    reply.error = task::ErrorKind::runtime;
    reply.error_text = buffers_ == nullptr ? "no memory for the task's arguments" : "out of memory";
  } catch (const std::exception& error) {
    reply.error = task::ErrorKind::unknown;
    reply.error_text = error.what();
  }
  limit_memory(-1);
  reply.resident_bytes = resident_bytes();
  return reply;
}

/// What goes wrong as a whole has no reply per candidate.
RemeasureReply Worker::run(const RemeasureMessage& message) {
  RemeasureReply reply;
  try {
    prepare(message.candidates.empty() ? 1 : message.candidates.front().settings.threads);
    reply = run_remeasurement(*buffers_, *pool_, message);
  } catch (const std::exception&) {
    reply.candidates.clear();
  }
  limit_memory(-1);
  return reply;
}

}  // namespace
}  // namespace tilewright::measure

int main(int argc, char** argv) {
  using namespace tilewright::measure;
  if (argc != 2) {
    std::fputs("tilewright-worker runs candidates for tilewright, which starts it; it does nothing by itself\n",
               stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != std::atoi(argv[1])) return 0;  // the tuner ended before that was in force
  close_range(kWorkerSocket + 1, ~0U, 0);
  take_signals_as_they_are();
  mallopt(M_ARENA_MAX, 2);  // an arena reserves address space, which is limited here
  Socket tuner{tilewright::Descriptor(kWorkerSocket)};
  try {
    Worker(tuner).serve();
  } catch (const NoSense& error) {
    fmt::print(stderr, "tilewright-worker: the tuner sent {}\n", error.what);
    std::_Exit(kNoSense);  // while the socket is open: that it closes must not be seen before the status
  }
  return 0;
}
