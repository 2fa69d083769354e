#include "driver/schedules.h"

#include "loop/lower.h"
#include "measure/best_record.h"
#include "measure/records.h"
#include "search/hardware.h"
#include "space/search_space.h"

namespace tilewright::driver {
namespace {

std::vector<measure::Record> records_of(const ScheduleChoice& choice) {
  const auto file = choice.records.empty() ? measure::find_default_record_file() : std::optional(choice.records);
  return file ? measure::read_records(*file).records : std::vector<measure::Record>();
}

}  // namespace

Schedules::Schedules(const ScheduleChoice& choice, const codegen::Target& target, int threads)
    : target_(target), threads_(threads) {
  if (!choice.tuned) return;
  const std::string fingerprint = target.fingerprint();
  const std::vector<measure::Record> records = records_of(choice);
  std::map<std::string, std::vector<std::size_t>> by_task;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].target == fingerprint && records[i].threads == threads)
      by_task[records[i].workload_key].push_back(i);
  for (const auto& [key, members] : by_task)
    if (const auto best = measure::best_record(records, members)) best_.emplace(key, records[*best]);
}

/// A record of an earlier version may no longer fit: then it is as if there were none.
std::optional<schedule::State> Schedules::best_state(const measure::Task& task) const {
  const auto best = best_.find(task.key);
  if (best == best_.end()) return std::nullopt;
  Result<schedule::State> state = schedule::State::replay(task.dag, best->second.steps);
  if (!state || !loop::lower(*state)) return std::nullopt;
  return std::move(*state);
}

std::optional<double> Schedules::time_of(const measure::Task& task) const {
  if (!best_state(task)) return std::nullopt;
  return best_.at(task.key).result.time_s();
}

schedule::State Schedules::operator()(const measure::Task& task) {
  if (std::optional<schedule::State> state = best_state(task)) {
    ++tuned_;
    return std::move(*state);
  }
  ++defaults_;
  return space::SearchSpace(task.dag, search::hardware_of(target_, threads_), {}).default_state();
}

}  // namespace tilewright::driver
