#include <cstdlib>
#include <system_error>

#include "base/line_reader.h"
#include "records/records.h"

namespace tilewright::records {
namespace {

namespace fs = std::filesystem;

void count(const std::string& reason, std::map<std::string, int>& skipped) {
  constexpr std::size_t kMostReasons = 16;
  const bool known = skipped.contains(reason);
  ++skipped[known || skipped.size() + 1 < kMostReasons ? reason : "other reasons"];
}

void read_line(const LineReader::Line& read, RecordFile& file) {
  std::string_view line = read.text;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  if (read.too_long) return count("too long", file.skipped);
  if (line.front() == '#' || line.front() == ' ') return count("comment", file.skipped);
  Result<task::Record> record = from_line(line);
  if (record)
    file.records.push_back(std::move(*record));
  else
    count(read.ended ? record.message() : "torn last line", file.skipped);
}

}  // namespace

RecordFile read_records(const fs::path& path) {
  RecordFile records;
  std::error_code error;
  if (!fs::exists(path, error) && (!error || error == std::errc::no_such_file_or_directory)) return records;
  if (fs::is_character_file(path, error)) return records;  // may never end: /dev/full, /dev/null
  const auto fail = [&](const std::string& why) {
    throw Error(Code::bad_input, "cannot read records from {}: {}", path.string(), why);
  };
  Result<InputFile> file = open_input(path);
  if (!file) fail(file.message());
  LineReader lines(std::move(*file));
  for (LineReader::Line line;;) {
    const Result<bool> more = lines.next(line);
    if (!more) fail(more.message());
    if (!*more) return records;
    read_line(line, records);
  }
}

std::optional<fs::path> find_default_record_file() {
  const auto absolute = [](const char* variable) -> fs::path {
    const char* value = std::getenv(variable);
    const fs::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : fs::path();  // the XDG specification has relative paths ignored
  };
  if (const fs::path data = absolute("XDG_DATA_HOME"); !data.empty()) return data / "tilewright/records.jsonl";
  if (const fs::path home = absolute("HOME"); !home.empty()) return home / ".local/share/tilewright/records.jsonl";
  return std::nullopt;
}

fs::path default_record_file() {
  if (const std::optional<fs::path> file = find_default_record_file()) return *file;
  throw Error(Code::usage, "no place for records: set HOME or XDG_DATA_HOME, or name a file with --records");
}

}  // namespace tilewright::records
