#include "base/output_target.h"

#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <string>

#include "base/error.h"
#include "base/files_read.h"
#include "base/interruption.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

/// /dev/stdout, /dev/fd/3 and the like lead here: links to what this process has open.
bool is_own_descriptor(const fs::path& path) {
  std::error_code none;
  return fs::equivalent(path.parent_path(), "/proc/self/fd", none);
}

}  // namespace

std::optional<OutputTarget> output_target(const fs::path& path) {
  constexpr int kMostLinks = 40;
  OutputTarget target{path, {}};
  std::error_code none;
  for (int links = 0; fs::is_symlink(target.path, none) && !is_own_descriptor(target.path); ++links) {
    const fs::path to = fs::read_symlink(target.path, none);
    target.path = to.is_absolute() ? to : target.path.parent_path() / to;
    if (links < kMostLinks) continue;
    errno = ELOOP;
    return std::nullopt;
  }
  struct stat status{};
  if (::stat(target.path.c_str(), &status) == 0)
    target.status = status;
  else if (errno != ENOENT)
    return std::nullopt;
  target.is_stream = is_own_descriptor(target.path) || (target.status && !S_ISREG(target.status->st_mode));
  return target;
}

void refuse_if_read(const OutputTarget& target, const fs::path& named) {
  if (target.status && was_read(*target.status))
    throw Error(Code::usage, "cannot write {}: this command reads it, too; name another file", named.string());
}

Descriptor open_stream(const OutputTarget& target) {
  const std::string name = target.path.filename().string();
  if (int file = -1; is_own_descriptor(target.path)) {
    std::from_chars(name.data(), name.data() + name.size(), file);
    return Descriptor(::fcntl(file, F_DUPFD_CLOEXEC, 0));  // opened anew it would begin at its first byte
  }
  const MayWait reader;
  return Descriptor(::open(target.path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY));
}

void write_stream(const OutputTarget& target, const fs::path& named, std::span<const std::string_view> pieces) {
  const Descriptor stream = open_stream(target);
  if (!stream) fail_to_write(named);
  for (const std::string_view piece : pieces)
    if (!write_all(stream.get(), piece)) fail_to_write(named);
}

void fail_to_write(const fs::path& named, std::string_view reason) {
  throw Error(Code::cannot_write, "cannot write {}: {}", named.string(), reason);
}

}  // namespace tilewright
