#include "compile/schedules.h"

#include "loop/lower.h"
#include "records/best_record.h"
#include "records/records.h"
#include "space/hardware.h"
#include "space/search_space.h"

namespace tilewright::compile {
namespace {

std::vector<task::Record> records_of(const ScheduleChoice& choice) {
  const auto file = choice.records.empty() ? records::find_default_record_file() : std::optional(choice.records);
  return file ? records::read_records(*file).records : std::vector<task::Record>();
}

}  // namespace

Schedules::Schedules(const ScheduleChoice& choice, const target::TargetSpec& target, int threads)
    : target_(target), threads_(threads) {
  if (!choice.tuned) return;
  const std::vector<task::Record> records = records_of(choice);
  std::map<std::string, std::vector<std::size_t>> by_task;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (target.is_called(records[i].target) && records[i].threads == threads)
      by_task[records[i].workload_key].push_back(i);
  for (const auto& [key, members] : by_task)
    if (const auto best = records::best_record(records, members)) best_.emplace(key, records[*best]);
}

/// A record of an earlier version may no longer fit: then it is as if there were none.
std::optional<ChosenSchedule> Schedules::best_recorded(const task::Task& task) const {
  const auto best = best_.find(task.key);
  if (best == best_.end()) return std::nullopt;
  Result<schedule::State> state = schedule::State::replay(task.dag, best->second.steps);
  if (!state || !loop::lower(*state)) return std::nullopt;
  return ChosenSchedule{std::move(*state), best->second.result.time_s()};
}

ChosenSchedule Schedules::choose(const task::Task& task) const {
  if (std::optional<ChosenSchedule> recorded = best_recorded(task)) return std::move(*recorded);
  const space::SearchSpace space(task.dag, space::hardware_of(target_, threads_), {});
  return {space.default_state(), std::nullopt};
}

ScheduledNetwork Schedules::choose(const Algorithms& algorithms) const {
  ScheduledNetwork network;
  network.algorithms = algorithms.choose([&](const task::Task& task) -> std::optional<double> {
    std::optional<ChosenSchedule> recorded = best_recorded(task);
    if (!recorded) return std::nullopt;
    return network.schedules.insert_or_assign(task.key, std::move(*recorded)).first->second.time_s;
  });
  network.partition = algorithms.computed_by(network.algorithms);
  for (const task::Task& task : network.partition.tasks)
    if (!network.schedules.contains(task.key)) network.schedules.emplace(task.key, choose(task));
  return network;
}

}  // namespace tilewright::compile
