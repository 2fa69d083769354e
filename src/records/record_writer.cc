#include "records/records.h"

namespace tilewright::records {
namespace {

bool is_record(std::string_view line) { return static_cast<bool>(from_line(line)); }

constexpr AppendFile::Lines kRecords{"records", "--records", R"({"i": [[)", is_record};

}  // namespace

RecordWriter::RecordWriter(const std::filesystem::path& path, Patience patience)
    : file_(path, kRecords, std::move(patience)) {}

void RecordWriter::append(const task::Record& record) { file_.append(to_line(record)); }

void RecordWriter::sync() const { file_.sync(); }

}  // namespace tilewright::records
