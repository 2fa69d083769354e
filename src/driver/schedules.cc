#include "driver/schedules.h"

#include "loop/lower.h"
#include "measure/best_record.h"
#include "measure/records.h"
#include "search/hardware.h"
#include "space/search_space.h"

namespace tilewright::driver {

Schedules::Schedules(const ScheduleChoice& choice, const codegen::Target& target, int threads)
    : target_(target), threads_(threads) {
  if (!choice.tuned) return;
  const std::string fingerprint = target.fingerprint();
  const std::vector<measure::Record> records = measure::read_records(choice.records).records;
  std::map<std::string, std::vector<std::size_t>> by_task;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].target == fingerprint && records[i].threads == threads)
      by_task[records[i].workload_key].push_back(i);
  for (const auto& [key, members] : by_task)
    if (const auto best = measure::best_record(records, members)) best_.emplace(key, records[*best].steps);
}

schedule::State Schedules::operator()(const measure::Task& task) {
  if (const auto best = best_.find(task.key); best != best_.end()) {
    // A record of an earlier version may no longer fit: then the default serves, as if there were none.
    Result<schedule::State> state = schedule::State::replay(task.dag, best->second);
    if (state && loop::lower(*state)) {
      ++tuned_;
      return std::move(*state);
    }
  }
  ++defaults_;
  return space::SearchSpace(task.dag, search::hardware_of(target_, threads_), {}).default_state();
}

}  // namespace tilewright::driver
