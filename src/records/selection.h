#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "records/records.h"
#include "task/task.h"

namespace tilewright::records {

/// Records taken over, and the lines or records left behind: reason -> count.
struct Selection {
  std::vector<task::Record> records;
  std::map<std::string, int> skipped;
};

/// All records of one workload on one target with one number of threads.
struct RecordGroup {
  std::string workload_key, target;
  int threads = 1;
  /// Positions in the list of records: the best (records/best_record.h), then the others, fastest first, failed last.
  std::vector<std::size_t> members;
  int valid = 0;  ///< so many of them ran
};

/// What a file holds. Errors: Error(bad_input) if there is no such file or it can't be read.
Selection read_selection(const std::filesystem::path& path);
/// In the order in which groups first appear.
std::vector<RecordGroup> group(const std::vector<task::Record>& records);
/// The `keep` fastest of each group, in the order of groups; the rest is skipped as failed or slower.
Selection fastest(const Selection& from, int keep);
/// The records of all files, in order. Of several records of one state in one group the last measured stays.
Selection merge(std::span<const std::filesystem::path> paths);
/// Records of `from`, TVM's for example, as records of the tasks: each goes to the first task on which its steps are
/// legal, split the loops they were made for, and lower. Measured times and target stay: TVM's code ran, not ours.
Selection attach(const Selection& from, std::span<const task::Task> tasks);

/// Those whose steps mean the same in TVM: all but schedules with constants packed at compile time.
Selection without_packed_constants(Selection from);

/// A file's content. It is written through a Rewrite (base/rewrite.h) that was made before the records were read.
std::string to_text(const std::vector<task::Record>& records);
/// The same as lines that TVM reads. `workload_key`: TVM's key for all of them, its function's name and arguments as
/// JSON; empty: the records' own.
std::string to_tvm_text(std::vector<task::Record> records, const std::string& workload_key);

}  // namespace tilewright::records
