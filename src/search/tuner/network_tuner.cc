#include "search/tuner/network_tuner.h"

#include <algorithm>
#include <utility>

#include "search/tuner/tuning_run.h"

namespace tilewright::search {
namespace {

cost::ModelOptions model_options(const TuneOptions& options, target::TargetSpec target, int kernel_threads) {
  target.cores = kernel_threads;
  return {std::move(target), options.threads, options.seed, options.priors};
}

}  // namespace

NetworkTuner::Impl::Impl(std::vector<task::Task> task_list, const TuneOptions& tune_options,
                         const backend::TargetRef& target, int kernel_threads)
    : options(tune_options),
      target(target),
      threads(kernel_threads),
      tasks(std::move(task_list)),
      model(cost::make_cost_model(options.cost_model, model_options(options, *target, threads))),
      memory(options.policy_memory ? options.policy_memory : std::make_shared<PolicyMemory>()) {
  for (const task::Task& task : tasks)
    tuners.push_back(std::make_unique<TaskTuner>(task, target, threads, *model, options, *memory));
  std::vector<TaskResult> results;
  for (const auto& tuner : tuners) results.push_back(tuner->result());
  first_competitor = first_competitors(results);
}

NetworkTuner::NetworkTuner(std::vector<task::Task> tasks, const TuneOptions& options, const backend::TargetRef& target,
                           int kernel_threads)
    : impl_(std::make_unique<Impl>(std::move(tasks), options, target, kernel_threads)) {}
NetworkTuner::~NetworkTuner() = default;

void NetworkTuner::resume(std::span<const task::Record> records) {
  for (const task::Record& record : records) impl_->adopt(record);
  impl_->model->learn();
}

TuneResult NetworkTuner::run(measure::Runner& runner, const RecordSink& sink, Observer* observer,
                             const std::function<bool()>& stop) {
  Impl& s = *impl_;
  s.runner = &runner;
  s.sink = sink;
  if (observer) s.observer = observer;
  s.stop = stop ? stop : [] { return false; };
  s.start_s = runner.clock_s();
  s.budget_end_s = s.options.budget.begun_s.value_or(s.start_s) + s.options.budget_s;
  const measure::Runner::Split before = runner.split();
  s.measure_defaults();
  s.first_rounds();
  s.best_rounds();
  s.remeasure_all();
  return s.finish(before);
}

void NetworkTuner::Impl::adopt(const task::Record& record) {
  const auto of_record = [&](const auto& tuner) { return tuner->task().key == record.workload_key; };
  const auto found = std::find_if(tuners.begin(), tuners.end(), of_record);
  if (found == tuners.end()) return remember(record);
  const int before = (*found)->result().resumed;
  const bool is_from_here = target->is_called(record.target);
  const bool is_foreign = !is_from_here || record.threads != threads;
  const bool is_valid = record.result.error == task::ErrorKind::none;
  if (record.result.error_text == task::kNotMeasured) {
    ++result.ignored_records[std::string(task::kNotMeasured)];
  } else if (is_foreign && !(options.foreign_records && is_valid)) {
    ++result.ignored_records[is_from_here ? "measured with another number of threads" : "measured on another machine"];
  } else if (const Status ok = is_foreign ? (*found)->suggest(record) : (*found)->resume(record); !ok) {
    ++result.ignored_records["does not replay: " + ok.message()];
  } else {
    result.suggested += is_foreign ? 1 : 0;
    result.resumed += (*found)->result().resumed - before;
  }
}

/// Keeps the best of a task that is not tuned here: its schedule may fit one that is.
void NetworkTuner::Impl::remember(const task::Record& record) {
  if (record.result.error != task::ErrorKind::none || !target->is_called(record.target) || record.threads != threads)
    return;
  const auto [at, added] = others.try_emplace(record.workload_key, record);
  if (!added && record.result.time_s() < at->second.result.time_s()) at->second = record;
}

/// The best schedules of all other tasks.
std::vector<std::vector<schedule::Step>> NetworkTuner::Impl::donors(const TaskTuner& to) const {
  std::vector<std::vector<schedule::Step>> best;
  for (const auto& tuner : tuners)
    if (tuner.get() != &to && !tuner->result().best_steps.empty()) best.push_back(tuner->result().best_steps);
  for (const auto& [key, record] : others) best.push_back(record.steps);
  return best;
}

TuneResult NetworkTuner::Impl::finish(const measure::Runner::Split& before) {
  const measure::Runner::Split after = runner->split();
  result.wall_s = wall_s();
  result.compile_all_s = compile_all_s();
  result.split.compile_s = after.compile_s - before.compile_s;
  result.split.run_s = after.run_s - before.run_s;
  const double known = result.split.evolve_s + result.split.learn_s + result.split.compile_s + result.split.run_s;
  result.split.other_s = std::max(0.0, result.wall_s - known);
  for (const auto& tuner : tuners) {
    result.tasks.push_back(tuner->result());
    TaskResult& task = result.tasks.back();
    for (CurvePoint& point : task.curve) point.best_s = std::max(point.best_s, task.best_s);  // lucky times are none
    if (task.best_s < kNever) task.curve.push_back({task.trials, result.wall_s, task.best_s});
  }
  return std::move(result);
}

}  // namespace tilewright::search
