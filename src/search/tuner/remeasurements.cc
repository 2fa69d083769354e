// The end of a run: the best states of each task are timed in turns.

#include <algorithm>
#include <chrono>
#include <functional>

#include "search/tuner/tuning_run.h"

namespace tilewright::search {
namespace {

/// What a re-measurement that ended just now found out, as records without target and threads: the fastest first, so
/// that a run killed while they are written has kept who won.
std::vector<task::Record> remeasurement_records(const task::Task& task, std::span<const Candidate> finalists,
                                                std::span<const task::Measurement> results) {
  using std::chrono::duration_cast;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  task::Record record;
  record.workload_key = task.key;
  record.remeasurement = duration_cast<std::chrono::nanoseconds>(now).count();
  record.unix_time = duration_cast<std::chrono::seconds>(now).count();
  std::vector<task::Record> records;
  for (std::size_t i = 0; i < results.size(); ++i) {
    record.steps = finalists[i].state().steps();
    record.result = results[i];
    records.push_back(record);
  }
  std::ranges::stable_sort(records, {}, [](const task::Record& r) { return r.result.time_s(); });
  return records;
}

}  // namespace

/// With a time budget the tasks that the network's time depends on most come first, and those whose re-measurement
/// would not end in time do without.
void NetworkTuner::Impl::remeasure_all() {
  std::vector<TaskTuner*> order;
  for (auto& tuner : tuners) order.push_back(tuner.get());
  const bool may_not_suffice = options.budget_s < kNever;
  if (may_not_suffice)
    std::ranges::stable_sort(order, std::greater<>(),
                             [](const TaskTuner* t) { return t->result().count * t->result().best_s; });
  int held = 0, left_out = 0;
  for (TaskTuner* tuner : order) {
    if (stopped || stop()) return;
    const double expected_s = is_behind(*tuner) ? 0 : expected_remeasurement_s(*tuner);
    const std::vector<Candidate> finalists = expected_s > 0 ? tuner->finalists() : std::vector<Candidate>();
    if (finalists.empty()) continue;
    const bool fits = plan.remeasurement_s(expected_s) <= left_s();
    fits ? ++held : ++left_out;
    if (!fits) continue;
    const double begin_s = runner->clock_s();
    remeasure(*tuner, finalists);
    plan.note_contest(expected_s, runner->clock_s() - begin_s);
  }
  if (left_out > 0)
    observer->on_note(
        fmt::format("the time budget was enough to time the best schedules in turns for {} of {} tasks; of "
                    "the others the best is the one that was fastest by itself",
                    held, held + left_out));
}

/// Times the best states of a task in turns: which of them was fastest so far may be luck.
void NetworkTuner::Impl::remeasure(TaskTuner& tuner, const std::vector<Candidate>& finalists) {
  std::vector<task::Measurement> results = runner->remeasure(tuner.task(), programs_of(finalists));
  const auto is_valid = [](const task::Measurement& m) { return m.error == task::ErrorKind::none; };
  if (std::none_of(results.begin(), results.end(), is_valid)) {
    observer->on_note(
        fmt::format("{}: the best {} schedules could not be timed together; the best is the one that was "
                    "fastest by itself",
                    tuner.task().description, finalists.size()));
    return;
  }
  tuner.decide(finalists, results);
  result.remeasured += static_cast<int>(results.size());
  if (!sink) return;
  for (task::Record& record : remeasurement_records(tuner.task(), finalists, results)) {
    record.target = target->fingerprint(), record.threads = threads;
    sink(record);
  }
}

}  // namespace tilewright::search
