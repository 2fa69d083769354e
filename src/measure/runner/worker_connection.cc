#include "measure/runner/worker_connection.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"

namespace tilewright::measure {
namespace {

constexpr std::chrono::seconds kTimeToGreet{30};  // a busy machine may take long to start a process

/// What a new process is started with: no terminal, the socket, signals as they are by default, its own group.
class SpawnSetup {
 public:
  SpawnSetup(int socket, int log) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, log, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files, socket, kWorkerSocket);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

/// Errors: Error(nothing_measured) that says what could not be done, and why.
int checked(int result, const char* what) {
  if (result >= 0) return result;
  throw Error(Code::nothing_measured, "cannot start a worker, which runs candidates: {}: {}", what, system_reason());
}

/// The same file out of the range that the new process assigns, where it would be overwritten before it is used.
int above_assigned(const Descriptor& file) {
  return checked(fcntl(file.get(), F_DUPFD_CLOEXEC, kWorkerSocket + 1), "no file descriptor is left");
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* text = sigdescr_np(signal);
  return fmt::format("SIG{} ({})", name == nullptr ? "?" : name, text == nullptr ? "unknown" : text);
}

}  // namespace

/// The process's own end of the socket is closed here when this returns: else its death would not be noticed.
std::unique_ptr<WorkerConnection> WorkerConnection::spawn(const std::filesystem::path& program) {
  int ends[2];
  checked(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "no socket pair can be made");
  Descriptor ours(ends[0]);
  const Descriptor low(ends[1]), theirs(above_assigned(low));
  const Descriptor low_log(
      checked(memfd_create("tilewright-worker-log", MFD_CLOEXEC), "no file in memory can be made"));
  Descriptor log(above_assigned(low_log));
  const SpawnSetup setup(theirs.get(), log.get());
  std::string name = program.string(), parent = std::to_string(getpid());
  char* const arguments[] = {name.data(), parent.data(), nullptr};
  pid_t process = 0;
  errno = posix_spawn(&process, name.c_str(), &setup.files, &setup.attributes, arguments, environ);
  checked(errno == 0 ? 0 : -1, name.c_str());
  return std::unique_ptr<WorkerConnection>(new WorkerConnection(std::move(ours), std::move(log), process));
}

std::unique_ptr<WorkerConnection> WorkerConnection::start(const std::filesystem::path& program) {
  std::unique_ptr<WorkerConnection> worker = spawn(program);
  const std::string name = program.string();
  std::uint32_t version = 0;
  const Deadline deadline = std::chrono::steady_clock::now() + kTimeToGreet;
  if (const Transfer received = receive_greeting(worker->socket_, version, deadline); received != Transfer::done) {
    const std::string why = received == Transfer::malformed ? "it sent something else"
                            : received == Transfer::late    ? fmt::format("it said nothing for {}", kTimeToGreet)
                                                            : worker->end().text;
    throw Error(Code::nothing_measured, "the worker {} did not greet: {}", name, why);
  }
  if (version != kProtocolVersion) {
    throw Error(Code::nothing_measured,
                "the worker {} speaks protocol {}, this program {}: build or install both together", name, version,
                kProtocolVersion);
  }
  return worker;
}

WorkerConnection::~WorkerConnection() { kill_and_wait(); }

bool WorkerConnection::send(const Frame& frame, Deadline deadline) {
  return send_frame(socket_, frame, deadline) == Transfer::done;
}

Transfer WorkerConnection::receive(Frame& frame, std::uint64_t most_bytes, Deadline deadline) {
  wait_for_answer(deadline);
  return receive_frame(socket_, frame, most_bytes, deadline);
}

/// Until there is something to receive, or the process ends, or it is too late. Looks again and again whether the
/// process was stopped: that it went on and then ended by its alarm leaves no trace afterwards.
void WorkerConnection::wait_for_answer(Deadline deadline) {
  constexpr std::chrono::milliseconds kLook{50};
  do {
    note_stops();
  } while (socket_.wait(std::min(deadline, std::chrono::steady_clock::now() + kLook)) == Transfer::late &&
           std::chrono::steady_clock::now() < deadline);
}

void WorkerConnection::note_stops() {
  for (;;) {
    siginfo_t info{};
    const bool told = process_ != 0 &&
                      waitid(P_PID, static_cast<id_t>(process_), &info, WSTOPPED | WCONTINUED | WNOHANG) == 0 &&
                      info.si_pid != 0;
    if (!told) return;
    was_stopped_ = true;
  }
}

bool WorkerConnection::take_stopped() {
  note_stops();
  return std::exchange(was_stopped_, false);
}

double WorkerConnection::cpu_s() const {
  clockid_t clock{};
  timespec time{};
  if (process_ == 0) return cpu_s_;
  if (clock_getcpuclockid(process_, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// A process that is already dying keeps the status it dies with.
int WorkerConnection::kill_and_wait() {
  int status = 0;
  if (process_ == 0) return status;
  note_stops();
  kill(-process_, SIGKILL);
  rusage usage{};
  while (wait4(process_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  cpu_s_ = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  process_ = 0;
  return status;
}

std::string WorkerConnection::log_tail() const {
  constexpr off_t kMost = 2000;
  const off_t size = lseek(log_.get(), 0, SEEK_END);
  if (size <= 0) return "";
  std::string text(static_cast<std::size_t>(std::min(size, kMost)), '\0');
  const ssize_t got = pread(log_.get(), text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "" : "; it wrote: " + text;
}

WorkerEnd WorkerConnection::end() {
  const int status = kill_and_wait();
  const std::string tail = log_tail();
  if (WIFEXITED(status))
    return {task::ErrorKind::runtime, fmt::format("exited with status {}{}", WEXITSTATUS(status), tail), cpu_s_};
  const int signal = WTERMSIG(status);
  if (signal == SIGALRM) return {task::ErrorKind::run_timeout, "exceeded its time limit" + tail, cpu_s_};
  if (signal == SIGKILL)
    return {task::ErrorKind::unknown, "was killed from outside, perhaps for want of memory" + tail, cpu_s_};
  return {task::ErrorKind::runtime, fmt::format("crashed with {}{}", signal_text(signal), tail), cpu_s_};
}

}  // namespace tilewright::measure
