#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "measure/runner/runner.h"
#include "records/records.h"
#include "search/tuner/observer.h"
#include "search/tuner/options.h"
#include "search/tuner/result.h"
#include "target/target_spec.h"
#include "task/task.h"

namespace tilewright::search {

/// Where records go as they are measured.
using RecordSink = std::function<void(const task::Record&)>;

/// Searches fast schedules for one task or all tasks of a network.
///
/// First the default schedule of every task is measured, then every task gets one round, then each round goes to the
/// task where count times expected gain per second of tuning is largest. Of tasks that compute the same in different
/// ways (measure::Task::alternative_of), those that are clearly slower after a fair start get no more rounds. Decisions
/// depend on options, records and measurement results only, not on the clock or the number of threads; the time budget
/// is the one exception.
class NetworkTuner {
 public:
  /// `target`: the machine that measures; `kernel_threads` what its kernels run with (part of every record).
  /// Errors: Error(usage) for the name of a policy or model that is not known.
  NetworkTuner(std::vector<task::Task> tasks, const TuneOptions& options, const backend::TargetRef& target,
               int kernel_threads);
  ~NetworkTuner();

  /// Takes over what an earlier run measured on the same target with as many threads; records of other tasks are passed
  /// over, those of another machine or that do not replay are counted in TuneResult::ignored_records. Before `run`.
  void resume(std::span<const task::Record> records);

  /// Runs until trials, budget, target share or space are used up, or `stop` returns true. Call once.
  /// Failing candidates never end it. Errors: what `runner` and `sink` throw.
  TuneResult run(measure::Runner& runner, const RecordSink& sink = {}, Observer* observer = nullptr,
                 const std::function<bool()>& stop = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tilewright::search
