#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tilewright {
namespace {

std::string reason() { return std::generic_category().message(errno); }

/// An open file, closed at the end of its life.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (file_ >= 0) ::close(file_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }

 private:
  int file_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::int64_t most_bytes) {
  const Result<InputFile> file = open_input(path);
  if (!file) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), file.message());
  Result<std::string> bytes = read_all(*file, most_bytes);
  if (!bytes) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), bytes.message());
  return std::move(*bytes);
}

void write_file(const std::filesystem::path& path, std::string_view bytes) { write_file(path, std::span(&bytes, 1)); }

void write_file(const std::filesystem::path& path, std::span<const std::string_view> pieces) {
  std::error_code error;
  const bool replace = !std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error);
  std::filesystem::path written = path;
  if (replace) written += fmt::format(".{}.part", ::getpid());

  const auto fail = [&](const std::string& why) {
    if (replace) std::filesystem::remove(written, error);
    throw Error(Code::cannot_write, "cannot write {}: {}", path.string(), why);
  };
  {
    const Descriptor file(written, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) fail(reason());
    for (const std::string_view piece : pieces)
      if (!write_all(file.get(), piece)) fail(reason());
    if (replace && ::fsync(file.get()) != 0) fail(reason());
  }
  if (replace && ::rename(written.c_str(), path.c_str()) != 0) fail(reason());
}

}  // namespace tilewright
