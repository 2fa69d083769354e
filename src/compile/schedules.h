#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compile/algorithm_choice.h"
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

/// The schedule that a task is compiled with.
struct ChosenSchedule {
  schedule::State state;
  std::optional<double> time_s;  ///< of the record that it is from; none: it is the default schedule
};

/// A network, the algorithm and the schedule of each of its tasks.
struct ScheduledNetwork {
  graph::Partition partition;
  std::vector<AlgorithmChoice> algorithms;
  std::map<std::string, ChosenSchedule> schedules;  ///< by task key; of algorithms that were not chosen, too

  const ChosenSchedule& of(const task::Task& task) const { return schedules.at(task.key); }
};

/// The schedule that each task is compiled with: the best record (records/best_record.h) of the same target with as
/// many threads, or the default schedule.
class Schedules {
 public:
  /// Errors: Error(bad_input) for a record file that exists and can't be read.
  Schedules(const ScheduleChoice& choice, const target::TargetSpec& target, int threads);

  ChosenSchedule choose(const task::Task& task) const;
  /// Each task is computed by the algorithm that its records say is fastest.
  ScheduledNetwork choose(const Algorithms& algorithms) const;

 private:
  std::optional<ChosenSchedule> best_recorded(const task::Task& task) const;

  target::TargetSpec target_;
  int threads_;
  std::map<std::string, task::Record> best_;  ///< by task key
};

}  // namespace tilewright::compile
