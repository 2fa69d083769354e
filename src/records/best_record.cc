#include "records/best_record.h"

#include <algorithm>

namespace tilewright::records {
namespace {

bool is_eligible(const task::Record& record) {
  return record.result.error == task::ErrorKind::none && !record.result.cut_short;
}

}  // namespace

std::optional<std::size_t> best_record(const std::vector<task::Record>& records, std::span<const std::size_t> members) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  std::int64_t last = 0;
  for (std::size_t i : members)
    if (is_eligible(records[i])) last = std::max(last, records[i].remeasurement);
  std::optional<std::size_t> best;
  for (std::size_t i : members) {
    const task::Record& record = records[i];
    const bool counts =
        record.remeasurement == last || (record.remeasurement == 0 && record.unix_time > last / kNanoseconds);
    if (!counts || !is_eligible(record)) continue;
    if (!best || record.result.time_s() < records[*best].result.time_s()) best = i;
  }
  return best;
}

}  // namespace tilewright::records
