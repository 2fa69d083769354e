#include "search/contest_records.h"

#include <algorithm>
#include <chrono>

namespace tilewright::search {

std::vector<measure::Record> contest_records(const measure::Task& task, std::span<const Candidate> finalists,
                                             std::span<const measure::Measurement> results) {
  using std::chrono::duration_cast;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  measure::Record record;
  record.workload_key = task.key;
  record.contest = duration_cast<std::chrono::nanoseconds>(now).count();
  record.unix_time = duration_cast<std::chrono::seconds>(now).count();
  std::vector<measure::Record> records;
  for (std::size_t i = 0; i < results.size(); ++i) {
    record.steps = finalists[i].state.steps();
    record.result = results[i];
    records.push_back(record);
  }
  std::ranges::stable_sort(records, {}, [](const measure::Record& r) { return r.result.time_s(); });
  return records;
}

}  // namespace tilewright::search
