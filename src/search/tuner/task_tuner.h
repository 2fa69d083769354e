#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/rng.h"
#include "cost/cost_model.h"
#include "search/evolve/descent.h"
#include "search/evolve/evolution.h"
#include "search/evolve/program_dedup_cache.h"
#include "search/policy/policy_memory.h"
#include "search/tuner/options.h"
#include "search/tuner/result.h"
#include "search/tuner/suggestions.h"
#include "space/search_space.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::search {

/// The search for one task: says what to measure next and learns from the answers; who measures, and when, is not its
/// business. The default schedule comes first, then evolution (evolution.h); when that no longer makes progress, or the
/// end is near, descent (descent.h), and evolution again while there is anything left to try.
class TaskTuner {
 public:
  /// `task`, `model` and `memory` must outlive it. Errors: Error(usage) for the name of a policy that is not known.
  TaskTuner(const task::Task& task, const backend::TargetRef& target, int kernel_threads, cost::CostModel& model,
            const TuneOptions& options, PolicyMemory& memory);

  /// Takes over what an earlier run measured. Failure: the steps do not replay on this task.
  Status resume(const task::Record& record);
  /// Has the schedule of a record of another machine measured early; its time only tells which come first. Failure: the
  /// steps do not replay on this task.
  Status suggest(const task::Record& record);
  /// The default schedule was measured, in this run or an earlier one.
  bool has_default() const { return has_default_; }
  /// The next batch is of schedules of other tasks: those of `donors` that fit (transfer.h) and are predicted best.
  void suggest(std::span<const std::vector<schedule::Step>> donors);
  /// The next states to measure, at most `count` >= 1; only the default schedule at first. `left`: share of the trials
  /// or of the time that is left, whichever is less, in [0, 1]. None: the space is exhausted, and result() says so.
  std::vector<Candidate> propose(int count, double left);
  /// What became of one proposed state; `wall_s` since the run began.
  void count(const Candidate& candidate, const task::Measurement& measurement, double wall_s);
  /// All of the batch that will be measured was counted: `results[i]` belongs to `batch[i]`, there may be fewer.
  void end_round(std::span<const Candidate> batch, std::span<const task::Measurement> results);

  /// Who takes part in a re-measurement: the best states measured, and the default schedule. None if the last
  /// re-measurement still says which is best, or there are not two.
  std::vector<Candidate> finalists() const;
  /// The re-measurement is decided: `results[i]` is of `finalists[i]`, at least one is valid. From now on their times
  /// are these, and the best of them is the best of all, until one is measured that is faster.
  void decide(std::span<const Candidate> finalists, std::span<const task::Measurement> results);

  const task::Task& task() const { return task_; }
  const TaskResult& result() const { return result_; }
  /// Best time after each round, and the mean time that a round took to compile and run, as the measurements say.
  const std::vector<double>& history() const { return history_; }
  double seconds_per_round() const;
  /// Mean time that a candidate took to compile, on one core.
  double compile_s() const { return result_.trials > 0 ? compiling_s_ / result_.trials : 0; }

 private:
  std::vector<Candidate> default_candidate();
  std::vector<Candidate> evolve(int count);
  std::vector<Candidate> descend(int count);
  Result<Candidate> candidate_of(const task::Record& record);
  /// The program was not proposed before; it counts as proposed from now on.
  bool is_new(const Candidate& candidate);
  bool should_descend(double left) const;
  void add(const Candidate& candidate, const task::Measurement& measurement);
  void resume_remeasurement(const Candidate& candidate, const task::Record& record);
  void learn_policies(std::span<const Candidate> batch, std::span<const task::Measurement> results);

  const task::Task& task_;
  backend::TargetRef target_;
  cost::CostModel& model_;
  TuneOptions options_;
  space::SearchSpace space_;
  std::unique_ptr<SketchPolicy> sketches_;
  std::unique_ptr<MutationPolicy> mutations_;
  Evolution evolution_;
  Descent descent_;
  Rng rng_;
  backend::ScheduledProgram default_;
  bool has_default_ = false;
  bool descending_ = false;
  bool evolved_ = false;  ///< what is being measured comes from evolution
  int stalled_ = 0;       ///< rounds of evolution in a row without progress
  double before_round_ = kNever;
  bool undecided_ = false;          ///< a valid state was measured since the last re-measurement
  std::int64_t remeasurement_ = 0;  ///< of an earlier run, the last
  MeasuredSet measured_;
  ProgramDedupCache programs_;  ///< of all measured and proposed states
  Suggestions suggestions_;
  TaskResult result_;
  std::vector<double> history_;
  double measuring_s_ = 0, compiling_s_ = 0;
};

}  // namespace tilewright::search
