#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cost/cost_model.h"
#include "search/tuner/network_tuner.h"
#include "search/tuner/task_tuner.h"
#include "search/tuner/time_plan.h"

namespace tilewright::search {

/// A run in progress: what there is to it, whose parts are in tuning_rounds.cc, tuning_time.cc and remeasurements.cc.
struct NetworkTuner::Impl {
  Impl(std::vector<task::Task> task_list, const TuneOptions& tune_options, const backend::TargetRef& target,
       int kernel_threads);

  int trials() const { return result.trials + result.resumed; }
  double wall_s() const { return runner->clock_s() - start_s; }
  double left_s() const;
  double closing_s() const;
  double remeasurements_reserve_s() const;
  double rounds_left_s() const { return left_s() - remeasurements_reserve_s(); }
  double expected_remeasurement_s(const TaskTuner& tuner) const;
  double compile_all_s() const;

  void adopt(const task::Record& record);
  void remember(const task::Record& record);
  std::vector<std::vector<schedule::Step>> donors(const TaskTuner& to) const;
  void measure_defaults();
  void first_rounds();
  void best_rounds();
  void remeasure_all();
  void remeasure(TaskTuner& tuner, const std::vector<Candidate>& finalists);
  bool ended();
  bool reached_target(const TaskTuner& tuner) const;
  bool is_flat() const;
  double total_best_s() const;
  double fastest_competitor_s(std::size_t position) const;
  bool is_behind(const TaskTuner& tuner) const;
  bool alive(const TaskTuner& tuner) const {
    return !tuner.result().exhausted && !reached_target(tuner) && !is_behind(tuner);
  }
  std::size_t position(const TaskTuner& tuner) const;
  double left() const;
  int room_for(const TaskTuner& tuner) const;
  void measure_default(TaskTuner& tuner);
  void round(TaskTuner& tuner, int room);
  std::vector<task::Measurement> measure(TaskTuner& tuner, std::span<const Candidate> batch,
                                         const std::function<bool()>& out_of_time);
  void note_health();
  Progress progress(const TaskTuner& tuner) const;
  void count(TaskTuner& tuner, const Candidate& candidate, const task::Measurement& measurement);
  TuneResult finish(const measure::Runner::Split& before);

  TuneOptions options;
  backend::TargetRef target;
  int threads;
  std::vector<task::Task> tasks;
  std::unique_ptr<cost::CostModel> model;
  std::shared_ptr<PolicyMemory> memory;
  std::vector<std::unique_ptr<TaskTuner>> tuners;
  std::vector<std::size_t> first_competitor;   ///< per tuner: the first one that computes the same
  std::map<std::string, task::Record> others;  ///< best record of each task that is not tuned here, by key
  TuneResult result;

  measure::Runner* runner = nullptr;
  RecordSink sink;
  Observer silent;
  Observer* observer = &silent;
  std::function<bool()> stop;
  bool stopped = false;
  double start_s = 0, budget_end_s = 0;  ///< on the runner's clock
  TimePlan plan{tasks.size()};
  std::vector<std::pair<double, double>> history;  ///< after each round: wall time, and the time of all tasks
};

}  // namespace tilewright::search
