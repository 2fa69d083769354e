#include "base/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/output_target.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

off_t size_of(const Descriptor& file) {
  struct stat status{};
  return ::fstat(file.get(), &status) == 0 ? status.st_size : 0;
}

bool ends_torn(const Descriptor& file, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(file.get(), &last, 1, size - 1) == 1 && last != '\n';
}

/// The first bytes of a file: as many as surely hold a line, if it is one of lines.
std::string head_of(const Descriptor& file) {
  constexpr std::size_t kMost = 1 << 20;
  std::string head(kMost, '\0');
  const ssize_t got = ::pread(file.get(), head.data(), head.size(), 0);
  head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return head;
}

}  // namespace

AppendFile::AppendFile(const fs::path& path, const Lines& lines, Patience patience)
    : path_(path), lines_(lines), patience_(std::move(patience)) {
  open();
  if (!is_stream_) lock_current();
}

void AppendFile::open() {
  std::error_code error;
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), error);
  if (error) {
    errno = error.value();
    fail();
  }
  const std::optional<OutputTarget> target = output_target(path_);
  if (!target) fail();
  is_stream_ = target->is_stream;
  is_known_ = false;
  file_ = is_stream_ ? open_stream(*target)
                     : Descriptor(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666));
  if (!file_) fail();
}

/// Locks what `path_` names by now.
FileLock AppendFile::lock_current() {
  std::optional<FileLock> lock(std::in_place, file_, path_, patience_);
  while (!is_current(file_, path_)) {  // it was replaced or removed
    lock.reset();
    open();
    lock.emplace(file_, path_, patience_);
  }
  if (!is_known_) check_content();
  is_known_ = true;
  return std::move(*lock);
}

void AppendFile::check_content() const {
  const std::string head = head_of(file_);
  std::string_view left = head;
  while (!left.empty()) {
    const std::size_t end = left.find('\n');
    const std::string_view line = left.substr(0, end);
    if (lines_.is_one(line)) return;
    const bool is_torn = end == std::string_view::npos;
    if (is_torn && (line.starts_with(lines_.beginning) || lines_.beginning.starts_with(line))) return;
    left.remove_prefix(is_torn ? left.size() : end + 1);
  }
  if (!head.empty())
    throw Error(Code::usage, "{} holds something else than {}; name another file", path_.string(), lines_.name);
}

void AppendFile::append(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  if (is_stream_) {
    if (!write_all(file_.get(), text)) fail();
    return;
  }
  const FileLock lock = lock_current();
  const off_t size = size_of(file_);
  if (write_all(file_.get(), ends_torn(file_, size) ? "\n" + text : text)) return;
  const int reason = errno;
  static_cast<void>(::ftruncate(file_.get(), size));  // else half a line is left, and whoever appends next ends it
  errno = reason;
  fail();
}

void AppendFile::sync() const {
  if (!is_stream_ && ::fsync(file_.get()) != 0) fail();
}

void AppendFile::fail() const {
  throw Error(Code::cannot_write, "cannot write {} to {}: {}; name another file with {}", lines_.name, path_.string(),
              system_reason(), lines_.argument);
}

}  // namespace tilewright
