#include "measure/worker_connection.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

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

/// Moves a descriptor out of the range that the new process assigns, where it would be overwritten before it is used.
int above_assigned(int file) {
  const int moved = fcntl(file, F_DUPFD_CLOEXEC, kWorkerSocket + 1);
  close(file);
  return moved;
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* text = sigdescr_np(signal);
  return fmt::format("SIG{} ({})", name == nullptr ? "?" : name, text == nullptr ? "unknown" : text);
}

}  // namespace

std::unique_ptr<WorkerConnection> WorkerConnection::start(const std::filesystem::path& program) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error(Code::internal, "cannot make a socket pair for a worker: {}", std::strerror(errno));
  }
  const int theirs = above_assigned(ends[1]);
  const int log = above_assigned(memfd_create("tilewright-worker-log", MFD_CLOEXEC));
  const SpawnSetup setup(theirs, log);
  std::string name = program.string(), parent = std::to_string(getpid());
  char* const arguments[] = {name.data(), parent.data(), nullptr};
  pid_t process = 0;
  const int failed = posix_spawn(&process, name.c_str(), &setup.files, &setup.attributes, arguments, environ);
  close(theirs);
  std::unique_ptr<WorkerConnection> worker(new WorkerConnection(ends[0], log, failed == 0 ? process : 0));
  if (failed != 0) throw Error(Code::internal, "cannot start the worker {}: {}", name, std::strerror(failed));

  Frame frame;
  const Transfer received = worker->receive(frame, 64, std::chrono::steady_clock::now() + kTimeToGreet);
  const auto hello = received == Transfer::done ? decode<Hello>(frame) : std::nullopt;
  if (!hello) throw Error(Code::internal, "the worker {} did not greet: {}", name, worker->end().text);
  if (hello->version != kProtocolVersion) {
    throw Error(Code::internal, "the worker {} speaks protocol {}, this program {}: build or install both together",
                name, hello->version, kProtocolVersion);
  }
  return worker;
}

WorkerConnection::~WorkerConnection() {
  kill_and_wait();
  close(socket_);
  close(log_);
}

bool WorkerConnection::send(const Frame& frame, Deadline deadline) {
  return send_frame(socket_, frame, deadline) == Transfer::done;
}

Transfer WorkerConnection::receive(Frame& frame, std::uint64_t most_bytes, Deadline deadline) {
  return receive_frame(socket_, frame, most_bytes, deadline);
}

std::int64_t WorkerConnection::resident_bytes() const {
  std::int64_t mapped = 0, resident = 0;
  std::ifstream(fmt::format("/proc/{}/statm", process_)) >> mapped >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// A process that is already dying keeps the status it dies with.
int WorkerConnection::kill_and_wait() {
  int status = 0;
  if (process_ == 0) return status;
  kill(-process_, SIGKILL);
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = 0;
  return status;
}

std::string WorkerConnection::log_tail() const {
  constexpr off_t kMost = 2000;
  const off_t size = lseek(log_, 0, SEEK_END);
  if (size <= 0) return "";
  std::string text(static_cast<std::size_t>(std::min(size, kMost)), '\0');
  const ssize_t got = pread(log_, text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "" : "; it wrote: " + text;
}

WorkerEnd WorkerConnection::end() {
  const int status = kill_and_wait();
  const std::string tail = log_tail();
  if (WIFEXITED(status)) return {ErrorKind::runtime, fmt::format("exited with status {}{}", WEXITSTATUS(status), tail)};
  const int signal = WTERMSIG(status);
  if (signal == SIGALRM) return {ErrorKind::run_timeout, "exceeded its time limit" + tail};
  if (signal == SIGKILL) return {ErrorKind::unknown, "was killed from outside, perhaps for want of memory" + tail};
  return {ErrorKind::runtime, fmt::format("crashed with {}{}", signal_text(signal), tail)};
}

}  // namespace tilewright::measure
