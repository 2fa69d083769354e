#include "search/tuner/remeasurement_records.h"

#include <algorithm>
#include <chrono>

namespace tilewright::search {

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

}  // namespace tilewright::search
