#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/append_file.h"
#include "base/error.h"
#include "task/measurement.h"

namespace tilewright::records {

/// One record as a line of TVM's log layout v0.6 (docs/records.md), with our additions under keys of their own after
/// "v": "tw": {"fingerprint", "threads", "compile_s", "run_s", "cut_short" and "same_code" if so, "re-measurement" if
/// it is of one, "machine" (how it did in its last check) if not well, "error" (full text) if any}. No line break at
/// the end.
std::string to_line(const task::Record& record);
/// The same without our additions, which TVM's own reader refuses: what is exported.
std::string to_tvm_line(const task::Record& record);
/// The inverse of both; reads what TVM wrote, too (then `target` is TVM's target text and the compile time is unknown).
/// Failure: what is wrong with the line. Never throws, whatever the line holds.
Result<task::Record> from_line(std::string_view line);

/// What a record file holds. Torn, alien and comment lines are skipped and counted by reason.
struct RecordFile {
  std::vector<task::Record> records;
  std::map<std::string, int> skipped;  ///< reason -> lines; from the 16th reason on all under "other reasons"
};
/// Errors: Error(bad_input) if the file exists and cannot be read. A missing file or a device is empty.
RecordFile read_records(const std::filesystem::path& path);

/// Appends records to a file that others may append to and rewrite, too (base/append_file.h): a killed process loses
/// none but the one in flight. Errors: Error(cannot_write) naming path and reason (no space, no permission, a
/// directory, locked for long), Error(usage) for a file that holds something else than records; at construction or
/// append.
class RecordWriter {
 public:
  explicit RecordWriter(const std::filesystem::path& path, Patience patience = {});
  void append(const task::Record& record);
  /// Waits until all records outlast a power loss.
  void sync() const;

 private:
  AppendFile file_;
};

/// $XDG_DATA_HOME/tilewright/records.jsonl, or ~/.local/share/…; none if neither XDG_DATA_HOME nor HOME says where:
/// then there are no records to read.
std::optional<std::filesystem::path> find_default_record_file();
/// The same for who has to write. Errors: Error(usage) if there is none.
std::filesystem::path default_record_file();

}  // namespace tilewright::records
