#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "measure/protocol/messages.h"
#include "measure/transport/socket.h"

namespace tilewright::measure {

/// How a worker's life ended, as the error of the candidate that it was running.
struct WorkerEnd {
  task::ErrorKind kind = task::ErrorKind::unknown;
  std::string text;
  double cpu_s = 0;  ///< processor time of all its life
};

/// One worker process, from start to end: its own process group, standard output and error kept from the terminal.
class WorkerConnection {
 public:
  /// Starts the program and waits for its greeting. Errors: Error(nothing_measured) with the reason if there is none.
  static std::unique_ptr<WorkerConnection> start(const std::filesystem::path& program);
  /// Kills the process and everything that it started.
  ~WorkerConnection();
  WorkerConnection(const WorkerConnection&) = delete;
  WorkerConnection& operator=(const WorkerConnection&) = delete;

  bool send(const Frame& frame, Deadline deadline);
  Transfer receive(Frame& frame, std::uint64_t most_bytes, Deadline deadline);
  /// Processor time that the process took so far, seconds; 0 if that can't be told.
  double cpu_s() const;
  /// Whether somebody stopped the process (SIGSTOP) since this was asked last; it may have gone on since.
  bool take_stopped();
  /// Kills what is left of the process, and tells what it died of, with the end of what it wrote to standard error.
  WorkerEnd end();

 private:
  WorkerConnection(Descriptor socket, Descriptor log, pid_t process)
      : socket_(std::move(socket)), log_(std::move(log)), process_(process) {}
  static std::unique_ptr<WorkerConnection> spawn(const std::filesystem::path& program);
  int kill_and_wait();
  void wait_for_answer(Deadline deadline);
  void note_stops();
  std::string log_tail() const;

  Socket socket_;
  Descriptor log_;    ///< its standard error: a file in memory
  pid_t process_;     ///< 0 once it was waited for
  double cpu_s_ = 0;  ///< once it was waited for
  bool was_stopped_ = false;
};

}  // namespace tilewright::measure
