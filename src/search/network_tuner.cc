#include "search/network_tuner.h"

#include <algorithm>
#include <ctime>
#include <functional>
#include <utility>

#include "search/contest_records.h"
#include "search/task_scheduler.h"
#include "search/task_tuner.h"
#include "search/time_plan.h"

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
  double left_s() const;
  double closing_s() const;
  double contests_reserve_s() const;
  double rounds_left_s() const { return left_s() - contests_reserve_s(); }
  double expected_contest_s(const TaskTuner& tuner) const;
  double compile_all_s() const;

  void adopt(const measure::Record& record);
  void remember(const measure::Record& record);
  std::vector<std::vector<schedule::Step>> donors(const TaskTuner& to) const;
  void measure_defaults();
  void first_rounds();
  void best_rounds();
  void contests();
  void contest(TaskTuner& tuner, const std::vector<Candidate>& finalists);
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
  std::vector<measure::Measurement> measure(TaskTuner& tuner, std::span<const Candidate> batch,
                                            const std::function<bool()>& out_of_time);
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
  double start_s = 0, budget_end_s = 0;  ///< on the runner's clock
  TimePlan plan{tasks.size()};
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
  s.budget_end_s = s.options.budget.begun_s.value_or(s.start_s) + s.options.budget_s;
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

/// Until the budget ends, but for what comes after the run.
double NetworkTuner::State::left_s() const { return budget_end_s - runner->clock_s() - closing_s(); }

double NetworkTuner::State::compile_all_s() const {
  double sum_s = 0;
  for (std::size_t i = 0; i < tuners.size(); ++i) sum_s += first_competitor[i] == i ? tuners[i]->compile_s() : 0;
  return sum_s / std::max(1, options.threads);
}

double NetworkTuner::State::closing_s() const {
  constexpr double kSmallPart = 0.2, kTimingPart = 0.05, kMostTiming_s = 5, kAllowance = 1.3;
  const BudgetFrame& frame = options.budget;
  const double comparing_s =
      2 * kAllowance * compile_all_s() + std::min(kMostTiming_s, kTimingPart * options.budget_s);
  const bool compares = frame.compares_models && comparing_s <= kSmallPart * options.budget_s;
  return frame.closing_s + (compares ? comparing_s : 0);
}

double NetworkTuner::State::expected_contest_s(const TaskTuner& tuner) const {
  const double best_s = tuner.result().best_s;
  return best_s < kNever ? runner->contest_s((options.finalists + 1) * best_s) : 0;
}

/// Of the budget, for the contests at the end.
double NetworkTuner::State::contests_reserve_s() const {
  constexpr double kMostPart = 0.1;
  double all_s = 0;
  for (const auto& tuner : tuners)
    if (!is_behind(*tuner)) all_s += plan.contest_s(expected_contest_s(*tuner));
  return std::min(kMostPart * options.budget_s, all_s);
}

void NetworkTuner::State::measure_defaults() {
  for (auto& tuner : tuners) {
    if (tuner->has_default()) continue;
    if (!stopped && plan.fits_default(left_s())) measure_default(*tuner);
    if (tuner->result().trials == 0) ++result.unmeasured;
  }
  if (result.unmeasured > 0 && !stopped)
    observer->on_note(fmt::format("the time budget ended before the default schedules of {} of {} tasks were measured; "
                                  "give more --budget",
                                  result.unmeasured, tuners.size()));
}

void NetworkTuner::State::first_rounds() {
  std::vector<TaskTuner*> order;
  for (auto& tuner : tuners) order.push_back(tuner.get());
  std::stable_sort(order.begin(), order.end(), [](const TaskTuner* a, const TaskTuner* b) {
    return a->result().count * a->result().best_s > b->result().count * b->result().best_s;
  });
  for (TaskTuner* tuner : order) {
    if (ended()) return;
    const bool is_new = tuner->history().size() < 2 && tuner->result().resumed == 0;
    if (const int room = room_for(*tuner); room > 0 && is_new && alive(*tuner)) round(*tuner, room);
  }
}

void NetworkTuner::State::best_rounds() {
  while (!ended()) {
    std::vector<TaskProgress> views;
    for (const auto& tuner : tuners)
      views.push_back({tuner->task().count, tuner->task().flops, tuner->history(), tuner->seconds_per_round(),
                       alive(*tuner) && room_for(*tuner) > 0});
    const int next = choose_task(views, options.peak_gflops);
    if (next < 0) {  // some are alive, or the run had ended: no round of them ends in time
      result.ending = Ending::budget;
      break;
    }
    TaskTuner& tuner = *tuners[static_cast<std::size_t>(next)];
    round(tuner, room_for(tuner));
  }
}

/// With a time budget the tasks that the network's time depends on most come first, and those whose contest would not end
/// in time do without.
void NetworkTuner::State::contests() {
  std::vector<TaskTuner*> order;
  for (auto& tuner : tuners) order.push_back(tuner.get());
  const bool may_not_suffice = options.budget_s < kNever;
  if (may_not_suffice)
    std::ranges::stable_sort(order, std::greater<>(), [](const TaskTuner* t) { return t->result().count * t->result().best_s; });
  int held = 0, left_out = 0;
  for (TaskTuner* tuner : order) {
    if (stopped || stop()) return;
    const double expected_s = is_behind(*tuner) ? 0 : expected_contest_s(*tuner);
    const std::vector<Candidate> finalists = expected_s > 0 ? tuner->finalists() : std::vector<Candidate>();
    if (finalists.empty()) continue;
    const bool fits = plan.contest_s(expected_s) <= left_s();
    fits ? ++held : ++left_out;
    if (!fits) continue;
    const double begin_s = runner->clock_s();
    contest(*tuner, finalists);
    plan.note_contest(expected_s, runner->clock_s() - begin_s);
  }
  if (left_out > 0)
    observer->on_note(fmt::format("the time budget was enough to time the best schedules in turns for {} of {} tasks; of "
                                  "the others the best is the one that was fastest by itself",
                                  held, held + left_out));
}

/// Times the best states of a task in turns: which of them was fastest so far may be luck.
void NetworkTuner::State::contest(TaskTuner& tuner, const std::vector<Candidate>& finalists) {
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
  else if (rounds_left_s() <= 0 || result.unmeasured > 0)
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
  const double of_time = options.budget_s < kNever ? rounds_left_s() / options.budget_s : 1;
  return std::clamp(std::min(of_trials, of_time), 0.0, 1.0);
}

/// How many candidates of a task trials and time allow to measure in one round.
int NetworkTuner::State::room_for(const TaskTuner& tuner) const {
  const int wanted = std::max(1, std::min(options.batch, options.trials - trials()));
  return plan.candidates_within(rounds_left_s(), position(tuner), wanted);
}

void NetworkTuner::State::measure_default(TaskTuner& tuner) {
  const double begin_s = runner->clock_s();
  observer->on_task(tuner.result(), static_cast<int>(position(tuner)), static_cast<int>(tuners.size()));
  // With it come the first candidates of a search in which it does not compete.
  const std::vector<Candidate> batch = tuner.propose(std::max(1, std::min(options.batch, options.trials - trials())), left());
  measure(tuner, batch, [this] { return left_s() <= 0; });
  plan.note_default(runner->clock_s() - begin_s);
}

void NetworkTuner::State::round(TaskTuner& tuner, int room) {
  observer->on_task(tuner.result(), static_cast<int>(position(tuner)), static_cast<int>(tuners.size()));
  const double begin_s = runner->clock_s();
  if (options.transfers > 0 && tuner.history().size() % kTransferEvery == 1) tuner.suggest(donors(tuner));
  const std::vector<Candidate> batch = tuner.propose(room, left());
  const double bred_s = runner->clock_s();
  result.split.evolve_s += bred_s - begin_s;
  if (batch.empty()) {
    observer->on_note(fmt::format("{}: every schedule that could be found was measured", tuner.task().description));
    return;
  }
  const double learnt_before_s = result.split.learn_s;
  const std::vector<measure::Measurement> results = measure(tuner, batch, [this] { return rounds_left_s() <= 0; });
  const double learning_s = result.split.learn_s - learnt_before_s;
  plan.note_round(position(tuner), static_cast<int>(results.size()), runner->clock_s() - bred_s - learning_s,
                  bred_s - begin_s + learning_s);
}

/// Measures a batch and learns from it, one round of the task.
std::vector<measure::Measurement> NetworkTuner::State::measure(TaskTuner& tuner, std::span<const Candidate> batch,
                                                               const std::function<bool()>& out_of_time) {
  std::vector<schedule::State> states;
  for (const Candidate& c : batch) states.push_back(c.state);
  const auto enough = [&] {
    stopped = stopped || stop();
    return stopped || out_of_time();
  };
  const auto done = [&](std::size_t i, const measure::Measurement& m) { count(tuner, batch[i], m); };
  std::vector<measure::Measurement> results =
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
  return results;
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
  if (sink && measurement.is_measured())
    sink({tuner.task().key, fingerprint, threads, candidate.state.steps(), measurement, std::time(nullptr), 0});
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
          std::min(trials_left_s, std::max(0.0, left_s())),
          total_best_s(),
          result.errors};
}

TuneResult NetworkTuner::State::finish(const measure::Measurer::Split& before) {
  const measure::Measurer::Split after = runner->split();
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
