#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "measure/records.h"

namespace tilewright::measure {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
  throw Error(Code::cannot_write, "cannot write records to {}: {}; name another file with --records", path.string(),
              std::strerror(reason));
}

/// Keeps other writers of the file out. Where locks are not supported, appending alone must do.
class FileLock {
 public:
  explicit FileLock(int file) : file_(file) {
    while (flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() { flock(file_, LOCK_UN); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

/// Size of a regular file; 0 for devices and pipes, which have no last line to end.
off_t size_of(int file) {
  struct stat status{};
  return fstat(file, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
}

bool ends_torn(int file, off_t size) {
  char last = '\n';
  return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

RecordWriter::RecordWriter(const std::filesystem::path& path) : path_(path) {
  if (path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) fail(path, error.value());
  }
  file_ = open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) fail(path, errno);
}

RecordWriter::~RecordWriter() { close(file_); }

void RecordWriter::append(const Record& record) {
  std::string text = to_line(record) + "\n";
  const FileLock lock(file_);
  const off_t size = size_of(file_);
  if (ends_torn(file_, size)) text.insert(text.begin(), '\n');
  ssize_t written = -1;
  do {
    written = write(file_, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(text.size())) return;
  const int reason = written < 0 ? errno : ENOSPC;
  if (written > 0 && ftruncate(file_, size) != 0) fail(path_, errno);  // half a record helps nobody
  fail(path_, reason);
}

}  // namespace tilewright::measure
