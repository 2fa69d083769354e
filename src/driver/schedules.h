#pragma once

#include <map>
#include <optional>
#include <string>

#include "codegen/target.h"
#include "driver/compile.h"
#include "measure/measurement.h"
#include "measure/task.h"
#include "schedule/state.h"

namespace tilewright::driver {

/// The schedule that each task is compiled with: the best record (measure/best_record.h) of the same target with as
/// many threads, or the default schedule. A function object for graph::compile.
class Schedules {
 public:
  /// Errors: Error(bad_input) for a record file that exists and can't be read.
  Schedules(const ScheduleChoice& choice, const codegen::Target& target, int threads);

  schedule::State operator()(const measure::Task& task);
  /// Seconds that the best record of a task took; none if there is none that still fits.
  std::optional<double> time_of(const measure::Task& task) const;
  int tuned() const { return tuned_; }
  int defaults() const { return defaults_; }

 private:
  std::optional<schedule::State> best_state(const measure::Task& task) const;

  codegen::Target target_;
  int threads_;
  std::map<std::string, measure::Record> best_;  ///< by task key
  int tuned_ = 0, defaults_ = 0;
};

}  // namespace tilewright::driver
