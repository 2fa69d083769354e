#pragma once

#include <map>
#include <memory>

#include "lab/run.h"
#include "measure/runner/local_runner.h"
#include "search/replay/replay_runner.h"
#include "search/tuner/network_tuner.h"

namespace tilewright::lab {

/// What runs are measured on: this machine or a record file.
class BenchMachine {
 public:
  /// Errors: Error(bad_input) for a record file that can't be read.
  explicit BenchMachine(const RunRequest& request);
  ~BenchMachine();

  /// One search; nothing if it was stopped.
  std::optional<search::TuneResult> search(const std::vector<task::Task>& tasks, const search::TuneOptions& options,
                                           search::Observer& observer);
  const char* mode() const { return recorded_ ? "replay" : "live"; }
  int threads() const { return threads_; }
  const target::TargetSpec& target() const { return *target_; }

 private:
  measure::Runner& replay_of(const std::vector<task::Task>& tasks);

  const RunRequest& request_;
  int threads_;
  backend::TargetRef target_;
  std::unique_ptr<records::RecordFile> recorded_;
  std::map<std::string, std::unique_ptr<search::ReplayRunner>> replays_;  ///< by the keys of all tasks
  std::unique_ptr<records::RecordWriter> writer_;
  measure::LocalRunner::Options measuring_;
};

}  // namespace tilewright::lab
