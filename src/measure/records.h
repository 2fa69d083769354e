#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "measure/measurement.h"

namespace tilewright::measure {

/// One record as a line of TVM's log layout v0.6 (USERS §2.2), with our additions under keys of their own after "v".
std::string to_line(const Record& record);
/// Failure: what is wrong with the line.
Result<Record> from_line(std::string_view line);

/// What a record file holds. Torn, alien and comment lines are skipped and counted, with the first few reasons.
struct RecordFile {
  std::vector<Record> records;
  std::map<std::string, int> skipped;  ///< reason -> lines
};
/// Errors: Error(bad_input) if the file exists and cannot be read. A missing file is empty.
RecordFile read_records(const std::filesystem::path& path);

/// Appends records, each flushed to the operating system as one write, so that a killed process loses none but the one in flight.
/// A torn last line of an earlier run is ended first. Errors: Error(cannot_write) naming path and reason (no space, no
/// permission, a directory), at construction or append.
class RecordWriter {
 public:
  explicit RecordWriter(const std::filesystem::path& path);
  ~RecordWriter();
  RecordWriter(const RecordWriter&) = delete;
  void append(const Record& record);

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

/// $XDG_DATA_HOME/tilewright/records.jsonl, or ~/.local/share/…
std::filesystem::path default_record_file();

}  // namespace tilewright::measure
