#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "measure/protocol/messages.h"
#include "task/measurement.h"

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
    int most_runs = 1000;           ///< candidates that one process runs before a new one takes its place, …
    std::int64_t spare_bytes = std::int64_t{512} << 20;  ///< … or what it may hold beyond twice the task's arguments
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
  /// Errors: Error(nothing_measured) if no worker can be started; everything else is an error measurement. What a
  /// process that was stopped, or got hardly any processor time, says of a candidate does not count and is asked again;
  /// if that does not help, the candidate is not measured (Measurement::is_measured).
  /// `packed`: how it takes its constants.
  task::Measurement run(std::string_view object, std::string_view symbol, RunSettings settings,
                        std::vector<PackedArgument> packed = {});

  /// Times candidates that ran before in turns (worker/remeasurement.h), in one process. Measurements in their order;
  /// none if the process did not survive it: whose fault that was is not known. Errors: as run.
  std::vector<task::Measurement> remeasure(RemeasureMessage message);

  /// Processes started so far.
  int started() const { return started_; }

 private:
  /// Starts a worker if there is none. True if it has run no candidate yet.
  bool ensure_worker();
  RunReply exchange(const RunMessage& message);
  RunReply exchange_once(const RunMessage& message);
  /// Sends a message and waits for the answer. Failure: the worker is gone, and this is what it is to be called.
  std::optional<RunReply> converse(const Frame& message, double longest_s, double timeout_s, Frame& answer);
  bool is_plausible(const RunReply& reply, const RunSettings& settings, int most_runs, double elapsed_s) const;
  RunReply bury(Transfer received, double longest_s, double timeout_s);
  /// Ends a process that has run enough or holds too much, so that what candidates leave behind does not add up.
  void recycle();
  std::uint64_t argument_bytes() const;
  double preparation_s() const;  ///< within which a worker that is well has taken a task

  Options options_;
  TaskMessage task_;
  double tolerance_ = 0;
  std::optional<ReferenceMessage> reference_;
  std::unique_ptr<WorkerConnection> worker_;
  bool is_prepared_ = false;         ///< the worker has the task
  int runs_ = 0;                     ///< candidates that it has run
  std::int64_t resident_bytes_ = 0;  ///< that it says it holds
  int started_ = 0;
  double cpu_before_s_ = 0;  ///< of the worker, when the last exchange began
  /// What kept the worker from its work in the last exchange: then its answer says nothing about the candidate.
  enum class Disturbance : std::uint8_t { none, starved, stopped } disturbance_ = Disturbance::none;
};

}  // namespace tilewright::measure
