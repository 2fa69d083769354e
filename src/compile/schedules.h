#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "graph/alternatives.h"
#include "schedule/state.h"
#include "target/target_spec.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::compile {

/// Which schedules a model is compiled with.
struct ScheduleChoice {
  bool tuned = true;              ///< the best of the record file for each task; else default schedules throughout
  std::filesystem::path records;  ///< empty: the default one (records/records.h); a missing file has no records
  graph::AlgorithmOptions algorithms = {};  ///< of a network; which one is fastest, the records say
};

/// The schedule that each task is compiled with: the best record (records/best_record.h) of the same target with as
/// many threads, or the default schedule. A function object for graph::compile.
class Schedules {
 public:
  /// Errors: Error(bad_input) for a record file that exists and can't be read.
  Schedules(const ScheduleChoice& choice, const target::TargetSpec& target, int threads);

  schedule::State operator()(const task::Task& task);
  /// Seconds that the best record of a task took; none if there is none that still fits.
  std::optional<double> time_of(const task::Task& task) const;
  int tuned() const { return tuned_; }
  int defaults() const { return defaults_; }

 private:
  std::optional<schedule::State> best_state(const task::Task& task) const;

  target::TargetSpec target_;
  int threads_;
  std::map<std::string, task::Record> best_;  ///< by task key
  int tuned_ = 0, defaults_ = 0;
};

}  // namespace tilewright::compile
