#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "measure/measurement.h"
#include "measure/protocol.h"

namespace tilewright::measure {

class WorkerConnection;

/// Runs candidates in a worker process, and replaces the process whenever a candidate has harmed it.
///
/// What a candidate that ran before may have caused, a crash or a wrong result by memory that it overwrote, is not
/// taken for the fault of the one that meets it: such a verdict counts only in a fresh process, so it is repeated
/// there.
class WorkerProcess {
 public:
  struct Options {
    std::filesystem::path program;  ///< empty: find_worker
    double grace_s = 5;             ///< beyond its time limits, after which a silent worker is killed
  };
  /// Errors: as find_worker. The process is started by the first run.
  explicit WorkerProcess(const Options& options);
  ~WorkerProcess();

  /// The candidates that follow are of this task. Without a reference, the outputs of the first candidate that runs
  /// with check_results become the reference, with this tolerance (te::tolerance).
  void set_task(TaskMessage task, double tolerance, std::optional<ReferenceMessage> reference = std::nullopt);
  /// What outputs are compared with now.
  const std::optional<ReferenceMessage>& reference() const { return reference_; }

  /// Loads the object, runs its kernel `symbol` on the task's arguments and times it (worker/candidate_run.h).
  /// Errors: Error(internal) if no worker can be started; everything else is an error measurement.
  /// `packed`: how it takes its constants.
  Measurement run(std::string_view object, std::string_view symbol, RunSettings settings,
                  std::vector<PackedArgument> packed = {});

 private:
  /// Starts a worker if there is none. True if it has run no candidate yet.
  bool ensure_worker();
  RunReply exchange(const RunMessage& message);
  std::uint64_t argument_bytes() const;
  double preparation_s() const;  ///< within which a worker that is well has taken a task

  std::filesystem::path program_;
  double grace_s_;
  TaskMessage task_;
  double tolerance_ = 0;
  std::optional<ReferenceMessage> reference_;
  std::unique_ptr<WorkerConnection> worker_;
  bool is_prepared_ = false;  ///< the worker has the task
  bool is_fresh_ = true;      ///< it has run no candidate
};

}  // namespace tilewright::measure
