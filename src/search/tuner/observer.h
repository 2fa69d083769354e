#pragma once

#include <map>
#include <string>

#include "search/tuner/result.h"

namespace tilewright::search {

/// How far a run is. Valid during the call only.
struct Progress {
  const TaskResult& task;  ///< the one just measured
  int task_index, tasks;
  int trials, trials_total;  ///< of the run so far, and its limit (resumed ones included in both)
  double wall_s;
  double trials_per_s;                       ///< of this run
  double time_left_s;                        ///< until trials or budget are used up; infinity if nothing limits it yet
  double total_best_s;                       ///< count times best over all tasks measured so far
  const std::map<std::string, int>& errors;  ///< kind -> trials, over all tasks
};

/// Hears of everything that happens, in the thread that runs the search. Every method may be left out.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A task is about to be worked on.
  virtual void on_task(const TaskResult& /*task*/, int /*task_index*/, int /*tasks*/) {}
  /// One candidate was measured.
  virtual void on_trial(const Progress& /*progress*/, const task::Measurement& /*measurement*/) {}
  /// A round (a batch) has ended.
  virtual void on_round(const Progress& /*progress*/) {}
  /// Something people should know: records ignored, a space exhausted.
  virtual void on_note(const std::string& /*text*/) {}
};

}  // namespace tilewright::search
