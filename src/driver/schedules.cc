#include "driver/schedules.h"

#include "loop/lower.h"
#include "measure/records.h"
#include "search/hardware.h"
#include "space/search_space.h"

namespace tilewright::driver {

Schedules::Schedules(const ScheduleChoice& choice, const codegen::Target& target, int threads)
    : target_(target), threads_(threads) {
  if (!choice.tuned) return;
  const std::string fingerprint = target.fingerprint();
  for (measure::Record& record : measure::read_records(choice.records).records) {
    if (record.target != fingerprint || record.threads != threads) continue;
    if (record.result.error != measure::ErrorKind::none || record.result.cut_short) continue;
    const double time_s = record.result.time_s();
    const auto [at, added] = best_.try_emplace(record.workload_key, Best{time_s, record.steps});
    if (!added && time_s < at->second.time_s) at->second = {time_s, std::move(record.steps)};
  }
}

schedule::State Schedules::operator()(const measure::Task& task) {
  if (const auto best = best_.find(task.key); best != best_.end()) {
    // A record of an earlier version may no longer fit: then the default serves, as if there were none.
    Result<schedule::State> state = schedule::State::replay(task.dag, best->second.steps);
    if (state && loop::lower(*state)) {
      ++tuned_;
      return std::move(*state);
    }
  }
  ++defaults_;
  return space::SearchSpace(task.dag, search::hardware_of(target_, threads_), {}).default_state();
}

}  // namespace tilewright::driver
