#include "records/selection.h"

#include <algorithm>
#include <system_error>
#include <tuple>

#include "loop/lower.h"
#include "records/best_record.h"
#include "schedule/codec.h"

namespace tilewright::records {
namespace {

using task::ErrorKind;
using task::Record;

/// Why the steps are not a program of the task, or nothing.
Status fits(const std::vector<schedule::Step>& steps, const te::DagRef& dag) {
  schedule::State state = schedule::State::initial(dag);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto* split = std::get_if<schedule::SplitStep>(&steps[i]);
    const auto at = split == nullptr ? -1 : split->iter;
    if (split != nullptr && split->stage >= 0 && split->stage < state.num_stages() && at >= 0 &&
        at < static_cast<int>(state.stage(split->stage).iters.size())) {
      const std::int64_t extent = state.stage(split->stage).iters[static_cast<std::size_t>(at)].extent;
      if (extent != schedule::kUnknown && split->extent > 0 && split->extent != extent)
        return failure("the steps are of another shape");
    }
    if (!state.apply(steps[i])) return failure("the steps do not fit the workload");
  }
  if (!state.is_concrete()) return failure("a length is not chosen");
  if (!loop::lower(state)) return failure("the schedule has no loop program");
  return {};
}

std::tuple<std::string, std::string, int> group_of(const task::Record& record) {
  return {record.workload_key, record.target, record.threads};
}

bool valid(const task::Record& record) { return record.result.error == task::ErrorKind::none; }

std::string require_regular(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw Error(Code::bad_input, "cannot read records from {}: no such file", path.string());
  return path.string();
}

}  // namespace

Selection read_selection(const std::filesystem::path& path) {
  RecordFile file = read_records(require_regular(path));
  return {std::move(file.records), std::move(file.skipped)};
}

std::vector<RecordGroup> group(const std::vector<task::Record>& records) {
  std::vector<RecordGroup> groups;
  std::map<std::tuple<std::string, std::string, int>, std::size_t> position;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto [at, added] = position.try_emplace(group_of(records[i]), groups.size());
    if (added) groups.push_back({records[i].workload_key, records[i].target, records[i].threads, {}, 0});
    groups[at->second].members.push_back(i);
    groups[at->second].valid += valid(records[i]) ? 1 : 0;
  }
  for (RecordGroup& group : groups) {
    const auto best = best_record(records, group.members);
    std::stable_sort(group.members.begin(), group.members.end(), [&](std::size_t a, std::size_t b) {
      if ((a == best) != (b == best)) return a == best;
      return records[a].result.time_s() < records[b].result.time_s();
    });
  }
  return groups;
}

Selection fastest(const Selection& from, int keep) {
  Selection kept{{}, from.skipped};
  for (const RecordGroup& group : group(from.records)) {
    int taken = 0;
    for (std::size_t i : group.members) {
      if (!valid(from.records[i])) {
        ++kept.skipped["failed when measured"];
      } else if (taken == keep) {
        ++kept.skipped["slower than those kept"];
      } else {
        kept.records.push_back(from.records[i]);
        ++taken;
      }
    }
  }
  return kept;
}

Selection merge(std::span<const std::filesystem::path> paths) {
  Selection merged;
  std::map<std::tuple<std::string, std::string, int, std::string>, std::size_t> known;
  for (const std::filesystem::path& path : paths) {
    Selection file = read_selection(path);
    for (const auto& [reason, count] : file.skipped) merged.skipped[reason] += count;
    for (task::Record& record : file.records) {
      const auto key = std::tuple_cat(group_of(record), std::tuple(schedule::to_json(record.steps).dump()));
      const auto [at, added] = known.try_emplace(key, merged.records.size());
      if (added) {
        merged.records.push_back(std::move(record));
        continue;
      }
      ++merged.skipped["measured more than once"];
      task::Record& before = merged.records[at->second];
      if (std::pair(record.unix_time, record.remeasurement) > std::pair(before.unix_time, before.remeasurement))
        before = std::move(record);
    }
  }
  return merged;
}

Selection attach(const Selection& from, std::span<const task::Task> tasks) {
  Selection attached{{}, from.skipped};
  for (const task::Record& record : from.records) {
    std::string reason = "there is no workload to attach it to";
    bool found = false;
    for (const task::Task& task : tasks) {
      const Status ok = fits(record.steps, task.dag);
      found = static_cast<bool>(ok);
      if (found) {
        attached.records.push_back(record);
        attached.records.back().workload_key = task.key;
        break;
      }
      reason = ok.message();
    }
    if (!found) ++attached.skipped[tasks.size() > 1 ? "the steps fit none of the workloads" : reason];
  }
  return attached;
}

Selection without_packed_constants(Selection from) {
  const auto packs = [](const schedule::Step& step) {
    const auto* copy = std::get_if<schedule::CacheReadStep>(&step);
    return copy != nullptr && copy->scope == schedule::kPackedScope;
  };
  const std::size_t removed = std::erase_if(
      from.records, [&](const task::Record& r) { return std::any_of(r.steps.begin(), r.steps.end(), packs); });
  if (removed > 0)
    from.skipped["packs constants at compile time, which TVM's steps can't say"] += static_cast<int>(removed);
  return from;
}

std::string to_text(const std::vector<task::Record>& records) {
  std::string text;
  for (const task::Record& record : records) text += to_line(record) + "\n";
  return text;
}

std::string to_tvm_text(std::vector<task::Record> records, const std::string& workload_key) {
  std::string text;
  for (task::Record& record : records) {
    if (!workload_key.empty()) record.workload_key = workload_key;
    text += to_tvm_line(record) + "\n";
  }
  return text;
}

}  // namespace tilewright::records
