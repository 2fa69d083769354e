#include "search/network_tuner.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "search/contest_records.h"
#include "search/task_scheduler.h"
#include "search/task_tuner.h"

namespace tilewright::search {
namespace {

constexpr std::size_t kTransferEvery = 4;     ///< rounds of a task
constexpr std::size_t kRoundsBeforeFlat = 8;  ///< per task

// When a task is given up for one that computes the same in another way; heuristics.
constexpr double kBehind = 1.15;   ///< times as slow as the best of them
constexpr int kFairBatches = 2;    ///< after so many batches

cost::ModelOptions model_options(const TuneOptions& options, codegen::Target target, int kernel_threads) {
  target.cores = kernel_threads;
  return {std::move(target), options.threads, options.seed, options.priors};
}

}  // namespace

/// A run in progress.
struct NetworkTuner::State {
  State(std::vector<measure::Task> task_list, const TuneOptions& tune_options, const codegen::Target& target,
        int kernel_threads)
      : options(tune_options),
        fingerprint(target.fingerprint()),
        threads(kernel_threads),
        tasks(std::move(task_list)),
        model(cost::make_cost_model(options.cost_model, model_options(options, target, threads))),
        memory(options.policy_memory ? options.policy_memory : std::make_shared<PolicyMemory>()) {
    for (const measure::Task& task : tasks)
      tuners.push_back(std::make_unique<TaskTuner>(task, target, threads, *model, options, *memory));
    std::vector<TaskResult> results;
    for (const auto& tuner : tuners) results.push_back(tuner->result());
    first_competitor = first_competitors(results);
  }

  int trials() const { return result.trials + result.resumed; }
  double wall_s() const { return runner->clock_s() - start_s; }
  /// Of the budget, for the contests at the end.
  double reserve_s() const {
    return std::min(0.1 * options.budget_s, runner->contest_s() * static_cast<double>(tuners.size()));
  }
  bool out_of_time() const { return wall_s() >= options.budget_s - reserve_s(); }

  void adopt(const measure::Record& record);
  void remember(const measure::Record& record);
  std::vector<std::vector<schedule::Step>> donors(const TaskTuner& to) const;
  void measure_defaults();
  void first_rounds();
  void best_rounds();
  void contests();
  void contest(TaskTuner& tuner);
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
  void round(TaskTuner& tuner, bool even_out_of_time);
  void note_health();
  Progress progress(const TaskTuner& tuner) const;
  void count(TaskTuner& tuner, const Candidate& candidate, const measure::Measurement& measurement);
  TuneResult finish(const measure::Measurer::Split& before);

  TuneOptions options;
  std::string fingerprint;
  int threads;
  std::vector<measure::Task> tasks;
  std::unique_ptr<cost::CostModel> model;
  std::shared_ptr<PolicyMemory> memory;
  std::vector<std::unique_ptr<TaskTuner>> tuners;
  std::vector<std::size_t> first_competitor;  ///< per tuner: the first one that computes the same
  std::map<std::string, measure::Record> others;  ///< best record of each task that is not tuned here, by key
  TuneResult result;

  Runner* runner = nullptr;
  RecordSink sink;
  Observer silent;
  Observer* observer = &silent;
  std::function<bool()> stop;
  bool stopped = false;
  double start_s = 0;
  std::vector<std::pair<double, double>> history;  ///< after each round: wall time, and the time of all tasks
};

NetworkTuner::NetworkTuner(std::vector<measure::Task> tasks, const TuneOptions& options, const codegen::Target& target,
                           int kernel_threads)
    : state_(std::make_unique<State>(std::move(tasks), options, target, kernel_threads)) {}
NetworkTuner::~NetworkTuner() = default;

void NetworkTuner::resume(std::span<const measure::Record> records) {
  for (const measure::Record& record : records) state_->adopt(record);
  state_->model->learn();
}

TuneResult NetworkTuner::run(Runner& runner, const RecordSink& sink, Observer* observer,
                             const std::function<bool()>& stop) {
  State& s = *state_;
  s.runner = &runner;
  s.sink = sink;
  if (observer) s.observer = observer;
  s.stop = stop ? stop : [] { return false; };
  s.start_s = runner.clock_s();
  const measure::Measurer::Split before = runner.split();
  s.measure_defaults();
  s.first_rounds();
  s.best_rounds();
  s.contests();
  return s.finish(before);
}

void NetworkTuner::State::adopt(const measure::Record& record) {
  const auto of_record = [&](const auto& tuner) { return tuner->task().key == record.workload_key; };
  const auto found = std::find_if(tuners.begin(), tuners.end(), of_record);
  if (found == tuners.end()) return remember(record);
  const int before = (*found)->result().resumed;
  const bool is_foreign = record.target != fingerprint || record.threads != threads;
  const bool is_valid = record.result.error == measure::ErrorKind::none;
  if (record.result.error_text == measure::kNotMeasured) {
    ++result.ignored_records[std::string(measure::kNotMeasured)];
  } else if (is_foreign && !(options.foreign_records && is_valid)) {
    ++result.ignored_records[record.target != fingerprint ? "measured on another machine"
                                                          : "measured with another number of threads"];
  } else if (const Status ok = is_foreign ? (*found)->suggest(record) : (*found)->resume(record); !ok) {
    ++result.ignored_records["does not replay: " + ok.message()];
  } else {
    result.suggested += is_foreign ? 1 : 0;
    result.resumed += (*found)->result().resumed - before;
  }
}

/// Keeps the best of a task that is not tuned here: its schedule may fit one that is.
void NetworkTuner::State::remember(const measure::Record& record) {
  if (record.result.error != measure::ErrorKind::none || record.target != fingerprint || record.threads != threads) return;
  const auto [at, added] = others.try_emplace(record.workload_key, record);
  if (!added && record.result.time_s() < at->second.result.time_s()) at->second = record;
}

/// The best schedules of all other tasks.
std::vector<std::vector<schedule::Step>> NetworkTuner::State::donors(const TaskTuner& to) const {
  std::vector<std::vector<schedule::Step>> best;
  for (const auto& tuner : tuners)
    if (tuner.get() != &to && !tuner->result().best_steps.empty()) best.push_back(tuner->result().best_steps);
  for (const auto& [key, record] : others) best.push_back(record.steps);
  return best;
}

void NetworkTuner::State::measure_defaults() {
  for (auto& tuner : tuners)
    if (!stopped && !tuner->has_default()) round(*tuner, true);
}

void NetworkTuner::State::first_rounds() {
  std::vector<TaskTuner*> order;
  for (auto& tuner : tuners) order.push_back(tuner.get());
  std::stable_sort(order.begin(), order.end(), [](const TaskTuner* a, const TaskTuner* b) {
    return a->result().count * a->result().best_s > b->result().count * b->result().best_s;
  });
  for (TaskTuner* tuner : order)
    if (!ended() && alive(*tuner) && tuner->history().size() < 2 && tuner->result().resumed == 0) round(*tuner, false);
}

void NetworkTuner::State::best_rounds() {
  while (!ended()) {
    std::vector<TaskProgress> views;
    for (const auto& tuner : tuners)
      views.push_back(
          {tuner->task().count, tuner->task().flops, tuner->history(), tuner->seconds_per_round(), alive(*tuner)});
    const int next = choose_task(views, options.peak_gflops);
    if (next < 0) break;
    round(*tuners[static_cast<std::size_t>(next)], false);
  }
}

void NetworkTuner::State::contests() {
  for (auto& tuner : tuners)
    if (!stopped && !stop() && !is_behind(*tuner)) contest(*tuner);
}

/// Times the best states of a task in turns: which of them was fastest so far may be luck.
void NetworkTuner::State::contest(TaskTuner& tuner) {
  const std::vector<Candidate> finalists = runner->contest_s() > 0 ? tuner.finalists() : std::vector<Candidate>();
  if (finalists.empty()) return;
  std::vector<schedule::State> states;
  for (const Candidate& c : finalists) states.push_back(c.state);
  std::vector<measure::Measurement> results = runner->contest(tuner.task(), states);
  const auto is_valid = [](const measure::Measurement& m) { return m.error == measure::ErrorKind::none; };
  if (std::none_of(results.begin(), results.end(), is_valid)) {
    observer->on_note(fmt::format("{}: the best {} schedules could not be timed together; the best is the one that was "
                                  "fastest by itself",
                                  tuner.task().description, finalists.size()));
    return;
  }
  tuner.decide(finalists, results);
  result.remeasured += static_cast<int>(results.size());
  if (!sink) return;
  for (measure::Record& record : contest_records(tuner.task(), finalists, results)) {
    record.target = fingerprint, record.threads = threads;
    sink(record);
  }
}

/// Sets `result.ending` when it returns true.
bool NetworkTuner::State::ended() {
  const bool any_alive = std::any_of(tuners.begin(), tuners.end(), [&](const auto& t) { return alive(*t); });
  const bool any_target = std::any_of(tuners.begin(), tuners.end(), [&](const auto& t) { return reached_target(*t); });
  if (stopped || stop())
    result.ending = Ending::stopped;
  else if (!any_alive)
    result.ending = any_target ? Ending::target : Ending::exhausted;
  else if (trials() >= options.trials)
    result.ending = Ending::trials;
  else if (out_of_time())
    result.ending = Ending::budget;
  else if (is_flat())
    result.ending = Ending::gain;
  else
    return false;
  return true;
}

bool NetworkTuner::State::reached_target(const TaskTuner& tuner) const {
  return options.until_share > 0 && options.peak_gflops > 0 &&
         tuner.result().gflops() >= options.until_share * options.peak_gflops;
}

/// The last quarter of the run brought less than it must. Not before every task had some rounds.
bool NetworkTuner::State::is_flat() const {
  if (options.min_gain_per_s <= 0 || history.size() < kRoundsBeforeFlat * tuners.size()) return false;
  const auto& [now_s, best_s] = history.back();
  const double since_s = 0.75 * now_s;
  const auto then = std::find_if(history.begin(), history.end(), [&](const auto& h) { return h.first >= since_s; });
  return (then->second - best_s) / then->second < options.min_gain_per_s * (now_s - then->first);
}

/// Of one run of the network, as far as it is known; of tasks that compete the fastest counts.
double NetworkTuner::State::total_best_s() const {
  double total = 0;
  for (std::size_t i = 0; i < tuners.size(); ++i) {
    const double best_s = fastest_competitor_s(i);
    if (first_competitor[i] == i && best_s < kNever) total += tuners[i]->result().count * best_s;
  }
  return total;
}

std::size_t NetworkTuner::State::position(const TaskTuner& tuner) const {
  const auto found = std::find_if(tuners.begin(), tuners.end(), [&](const auto& t) { return t.get() == &tuner; });
  return static_cast<std::size_t>(found - tuners.begin());
}

/// The best time of the task at `position` and of those that compute the same.
double NetworkTuner::State::fastest_competitor_s(std::size_t position) const {
  double best_s = kNever;
  for (std::size_t i = 0; i < tuners.size(); ++i)
    if (first_competitor[i] == first_competitor[position]) best_s = std::min(best_s, tuners[i]->result().best_s);
  return best_s;
}

/// Another task computes the same and is clearly faster, after this one had a fair start.
bool NetworkTuner::State::is_behind(const TaskTuner& tuner) const {
  return tuner.result().trials >= kFairBatches * options.batch &&
         tuner.result().best_s > kBehind * fastest_competitor_s(position(tuner));
}

double NetworkTuner::State::left() const {
  const double of_trials = 1 - static_cast<double>(trials()) / std::max(1, options.trials);
  const double of_time = 1 - wall_s() / options.budget_s;
  return std::clamp(std::min(of_trials, of_time), 0.0, 1.0);
}

void NetworkTuner::State::round(TaskTuner& tuner, bool even_out_of_time) {
  const int index = static_cast<int>(position(tuner));
  observer->on_task(tuner.result(), index, static_cast<int>(tuners.size()));
  const double begin_s = wall_s();
  if (options.transfers > 0 && tuner.history().size() % kTransferEvery == 1) tuner.suggest(donors(tuner));
  const int room = std::max(1, std::min(options.batch, options.trials - trials()));
  const std::vector<Candidate> batch = tuner.propose(room, left());
  result.split.evolve_s += wall_s() - begin_s;
  if (batch.empty()) {
    observer->on_note(fmt::format("{}: every schedule that could be found was measured", tuner.task().description));
    return;
  }
  std::vector<schedule::State> states;
  for (const Candidate& c : batch) states.push_back(c.state);
  const auto enough = [&] {
    stopped = stopped || stop();
    return stopped || (!even_out_of_time && out_of_time());
  };
  const auto done = [&](std::size_t i, const measure::Measurement& m) { count(tuner, batch[i], m); };
  const std::vector<measure::Measurement> results =
      runner->measure(tuner.task(), states, tuner.result().best_s, done, enough);
  const double learning_s = wall_s();
  states.resize(results.size());
  model->update(tuner.task(), states, results);
  model->learn();
  tuner.end_round(batch, results);
  result.split.learn_s += wall_s() - learning_s;
  history.emplace_back(wall_s(), total_best_s());
  note_health();
  observer->on_round(progress(tuner));
}

/// Says when a machine is no longer well, and when it is again.
void NetworkTuner::State::note_health() {
  const measure::MachineHealth before = std::exchange(result.health, runner->health());
  const measure::MachineCheck &was = before.last, &is = result.health.last;
  if (was.is_slow() != is.is_slow() || was.is_noisy() != is.is_noisy()) observer->on_note(to_text(is));
}

void NetworkTuner::State::count(TaskTuner& tuner, const Candidate& candidate, const measure::Measurement& measurement) {
  tuner.count(candidate, measurement, wall_s());
  ++result.trials;
  if (measurement.error == measure::ErrorKind::none)
    ++result.valid;
  else
    ++result.errors[std::string(measure::to_text(measurement.error))];
  if (measurement.same_code) ++result.same_code;
  if (sink) sink({tuner.task().key, fingerprint, threads, candidate.state.steps(), measurement, std::time(nullptr), 0});
  observer->on_trial(progress(tuner), measurement);
}

Progress NetworkTuner::State::progress(const TaskTuner& tuner) const {
  const double wall = wall_s(), rate = wall > 0 ? result.trials / wall : 0;
  const double trials_left_s = rate > 0 ? std::max(0, options.trials - trials()) / rate : kNever;
  return {tuner.result(),
          static_cast<int>(position(tuner)),
          static_cast<int>(tuners.size()),
          trials(),
          options.trials,
          wall,
          rate,
          std::min(trials_left_s, std::max(0.0, options.budget_s - wall)),
          total_best_s(),
          result.errors};
}

TuneResult NetworkTuner::State::finish(const measure::Measurer::Split& before) {
  const measure::Measurer::Split after = runner->split();
  result.wall_s = wall_s();
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
