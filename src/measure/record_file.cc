#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include "measure/records.h"

namespace tilewright::measure {
namespace {

namespace fs = std::filesystem;

void count(const std::string& reason, std::map<std::string, int>& skipped) {
  constexpr std::size_t kMostReasons = 16;
  const bool known = skipped.contains(reason);
  ++skipped[known || skipped.size() + 1 < kMostReasons ? reason : "other reasons"];
}

void read_line(std::string_view line, bool ended, RecordFile& file) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  if (line.front() == '#' || line.front() == ' ') return count("comment", file.skipped);
  Result<Record> record = from_line(line);
  if (record)
    file.records.push_back(std::move(*record));
  else
    count(ended ? record.message() : "torn last line", file.skipped);
}

}  // namespace

RecordFile read_records(const fs::path& path) {
  RecordFile file;
  std::error_code error;
  if (!fs::exists(path, error) && (!error || error == std::errc::no_such_file_or_directory)) return file;
  if (fs::is_directory(path, error))
    throw Error(Code::bad_input, "cannot read records from {}: it is a directory", path.string());
  if (fs::is_character_file(path, error)) return file;  // may never end: /dev/full, /dev/null
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(Code::bad_input, "cannot read records from {}: {}", path.string(), std::strerror(errno));
  for (std::string line; std::getline(stream, line);) read_line(line, /*ended=*/!stream.eof(), file);
  if (stream.bad())
    throw Error(Code::bad_input, "cannot read records from {}: {}", path.string(), std::strerror(errno));
  return file;
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

}  // namespace tilewright::measure
