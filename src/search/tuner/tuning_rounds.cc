// What is measured of which task, round by round, and when that ends.

#include <algorithm>
#include <ctime>
#include <utility>

#include "search/tuner/task_scheduler.h"
#include "search/tuner/tuning_run.h"

namespace tilewright::search {
namespace {

constexpr std::size_t kTransferEvery = 4;     ///< rounds of a task
constexpr std::size_t kRoundsBeforeFlat = 8;  ///< per task

// When a task is given up for one that computes the same in another way; heuristics.
constexpr double kBehind = 1.15;  ///< times as slow as the best of them
constexpr int kFairBatches = 2;   ///< after so many batches

}  // namespace

void NetworkTuner::Impl::measure_defaults() {
  for (auto& tuner : tuners) {
    if (tuner->has_default()) continue;
    if (!stopped && plan.fits_default(left_s())) measure_default(*tuner);
    if (tuner->result().trials == 0) ++result.unmeasured;
  }
  if (result.unmeasured > 0 && !stopped)
    observer->on_note(
        fmt::format("the time budget ended before the default schedules of {} of {} tasks were measured; "
                    "give more --budget",
                    result.unmeasured, tuners.size()));
}

void NetworkTuner::Impl::first_rounds() {
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

void NetworkTuner::Impl::best_rounds() {
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

/// Sets `result.ending` when it returns true.
bool NetworkTuner::Impl::ended() {
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

bool NetworkTuner::Impl::reached_target(const TaskTuner& tuner) const {
  return options.until_share > 0 && options.peak_gflops > 0 &&
         tuner.result().gflops() >= options.until_share * options.peak_gflops;
}

/// The last quarter of the run brought less than it must. Not before every task had some rounds.
bool NetworkTuner::Impl::is_flat() const {
  if (options.min_gain_per_s <= 0 || history.size() < kRoundsBeforeFlat * tuners.size()) return false;
  const auto& [now_s, best_s] = history.back();
  const double since_s = 0.75 * now_s;
  const auto then = std::find_if(history.begin(), history.end(), [&](const auto& h) { return h.first >= since_s; });
  return (then->second - best_s) / then->second < options.min_gain_per_s * (now_s - then->first);
}

/// Of one run of the network, as far as it is known; of tasks that compete the fastest counts.
double NetworkTuner::Impl::total_best_s() const {
  double total = 0;
  for (std::size_t i = 0; i < tuners.size(); ++i) {
    const double best_s = fastest_competitor_s(i);
    if (first_competitor[i] == i && best_s < kNever) total += tuners[i]->result().count * best_s;
  }
  return total;
}

std::size_t NetworkTuner::Impl::position(const TaskTuner& tuner) const {
  const auto found = std::find_if(tuners.begin(), tuners.end(), [&](const auto& t) { return t.get() == &tuner; });
  return static_cast<std::size_t>(found - tuners.begin());
}

/// The best time of the task at `position` and of those that compute the same.
double NetworkTuner::Impl::fastest_competitor_s(std::size_t position) const {
  double best_s = kNever;
  for (std::size_t i = 0; i < tuners.size(); ++i)
    if (first_competitor[i] == first_competitor[position]) best_s = std::min(best_s, tuners[i]->result().best_s);
  return best_s;
}

/// Another task computes the same and is clearly faster, after this one had a fair start.
bool NetworkTuner::Impl::is_behind(const TaskTuner& tuner) const {
  return tuner.result().trials >= kFairBatches * options.batch &&
         tuner.result().best_s > kBehind * fastest_competitor_s(position(tuner));
}

void NetworkTuner::Impl::measure_default(TaskTuner& tuner) {
  const double begin_s = runner->clock_s();
  observer->on_task(tuner.result(), static_cast<int>(position(tuner)), static_cast<int>(tuners.size()));
  // With it come the first candidates of a search in which it does not compete.
  const std::vector<Candidate> batch =
      tuner.propose(std::max(1, std::min(options.batch, options.trials - trials())), left());
  measure(tuner, batch, [this] { return left_s() <= 0; });
  plan.note_default(runner->clock_s() - begin_s);
}

void NetworkTuner::Impl::round(TaskTuner& tuner, int room) {
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
  const std::vector<task::Measurement> results = measure(tuner, batch, [this] { return rounds_left_s() <= 0; });
  const double learning_s = result.split.learn_s - learnt_before_s;
  plan.note_round(position(tuner), static_cast<int>(results.size()), runner->clock_s() - bred_s - learning_s,
                  bred_s - begin_s + learning_s);
}

/// Measures a batch and learns from it, one round of the task.
std::vector<task::Measurement> NetworkTuner::Impl::measure(TaskTuner& tuner, std::span<const Candidate> batch,
                                                           const std::function<bool()>& out_of_time) {
  const std::vector<backend::ScheduledProgram> programs = programs_of(batch);
  const auto enough = [&] {
    stopped = stopped || stop();
    return stopped || out_of_time();
  };
  const auto done = [&](std::size_t i, const task::Measurement& m) { count(tuner, batch[i], m); };
  std::vector<task::Measurement> results = runner->measure(tuner.task(), programs, tuner.result().best_s, done, enough);
  const double learning_s = wall_s();
  model->update(tuner.task(), std::span(programs).first(results.size()), results);
  model->learn();
  tuner.end_round(batch, results);
  result.split.learn_s += wall_s() - learning_s;
  history.emplace_back(wall_s(), total_best_s());
  note_health();
  observer->on_round(progress(tuner));
  return results;
}

/// Says when a machine is no longer well, and when it is again.
void NetworkTuner::Impl::note_health() {
  const measure::MachineHealth before = std::exchange(result.health, runner->health());
  const task::MachineCheck &was = before.last, &is = result.health.last;
  if (was.is_slow() != is.is_slow() || was.is_noisy() != is.is_noisy()) observer->on_note(to_text(is));
}

void NetworkTuner::Impl::count(TaskTuner& tuner, const Candidate& candidate, const task::Measurement& measurement) {
  tuner.count(candidate, measurement, wall_s());
  ++result.trials;
  if (measurement.error == task::ErrorKind::none)
    ++result.valid;
  else
    ++result.errors[std::string(task::to_text(measurement.error))];
  if (measurement.same_code) ++result.same_code;
  if (sink && measurement.is_measured())
    sink({tuner.task().key, target->fingerprint(), threads, candidate.state().steps(), measurement, std::time(nullptr),
          0});
  observer->on_trial(progress(tuner), measurement);
}

Progress NetworkTuner::Impl::progress(const TaskTuner& tuner) const {
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

}  // namespace tilewright::search
