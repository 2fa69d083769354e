#pragma once

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "measure/machine/machine_health.h"
#include "schedule/step.h"
#include "task/measurement.h"

namespace tilewright::search {

inline constexpr double kNever = std::numeric_limits<double>::infinity();

/// A point of a search's progress: after so many trials and so much wall time of the whole run, so fast.
struct CurvePoint {
  int trial;      ///< of this task
  double wall_s;  ///< since the run began
  double best_s;
};

/// What one round did, by sketch and by mutation rule in the order of the space.
struct RoundTrace {
  int trials;                  ///< of the task, before it
  std::vector<int> measured;   ///< candidates per sketch; those whose sketch is not known are left out
  std::vector<double> shares;  ///< that the sketch policy gave
  std::vector<int> attempts;   ///< per mutation rule; none in a round of descent
  std::vector<int> better;     ///< of these, children that the cost model puts above their parent
};

/// What the search found out about one task.
struct TaskResult {
  std::string workload_key, description;
  double flops = 0;
  int count = 1;               ///< how often the model runs it
  std::string alternative_of;  ///< key of the task whose result it computes in another way; empty: none
  int trials = 0;              ///< measured, failed ones and resumed ones included
  int resumed = 0;             ///< of these, measured by an earlier run
  int valid = 0;
  std::map<std::string, int> errors;     ///< kind -> trials
  std::vector<std::string> error_texts;  ///< the first three different ones, in full
  double best_s = kNever;                ///< infinity: nothing valid was measured
  double default_s = kNever;             ///< of the default schedule
  int finalists =
      0;  ///< states in the last re-measurement (re-measured in turns), which best_s and default_s are of; 0: none
  std::vector<schedule::Step> best_steps;
  std::vector<CurvePoint> curve;  ///< one point per improvement, and one at the end
  std::vector<RoundTrace> rounds;
  bool exhausted = false;  ///< every state that could be found was measured
  double gflops() const { return best_s < kNever && best_s > 0 ? flops / best_s * 1e-9 : 0; }
};

/// For each task: the position of the first one that computes the same, which is its own if none before it does.
std::vector<std::size_t> first_competitors(const std::vector<TaskResult>& tasks);

/// Where the wall time went, seconds.
struct TimeSplit {
  double evolve_s = 0, learn_s = 0, compile_s = 0, run_s = 0, other_s = 0;
};

/// Why a run ended.
enum class Ending { trials, budget, target, gain, exhausted, stopped };
/// "all trials used", "time budget used", …
std::string_view to_text(Ending ending);

/// What a run found out.
struct TuneResult {
  std::vector<TaskResult> tasks;
  int trials = 0, valid = 0;                   ///< of this run, resumed ones not included
  int resumed = 0;                             ///< records taken over from earlier runs
  int suggested = 0;                           ///< records of other machines whose schedules were to come first
  int same_code = 0;                           ///< of the trials, not run as their machine code was known
  int remeasured = 0;                          ///< states timed once more in re-measurements; not among the trials
  std::map<std::string, int> ignored_records;  ///< reason -> records of these tasks that could not be used
  std::map<std::string, int> errors;           ///< kind -> trials
  int unmeasured = 0;                          ///< tasks whose default schedule could not be measured any more
  double compile_all_s = 0;  ///< that it takes to compile every task once, on all cores, by what was seen
  double wall_s = 0;
  TimeSplit split;
  measure::MachineHealth health;
  Ending ending = Ending::trials;
  double trials_per_s() const { return wall_s > 0 ? trials / wall_s : 0; }
  /// Sum of count times best (default: default schedule) over the tasks, seconds; infinity if one was never measured.
  /// Of tasks that compete the fastest counts (default: the first of them).
  double total_best_s() const;
  double total_default_s() const;
};

}  // namespace tilewright::search
