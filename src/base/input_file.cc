#include "base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/files_read.h"

namespace tilewright {
namespace {

// Without O_NONBLOCK opening a pipe waits for its writer; without O_NOCTTY opening a terminal may take it.
constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

Failure reason() { return Failure{system_reason()}; }

/// Why a file of this kind is not read; empty for a regular file.
std::string_view misfit(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return "it is a directory";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "it is a device";  // which may never end
  if (S_ISFIFO(mode)) return "it is a pipe; save what comes out of it as a file";
  return "it is no regular file";
}

/// Looks at what was opened, not at what its name means by now.
Result<InputFile> regular(Descriptor file, Links links = Links::followed) {
  if (!file) return errno == ENXIO ? failure("it is no regular file") : reason();  // ENXIO: a socket
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return reason();
  note_read(status);
  if (const std::string_view why = misfit(status.st_mode); !why.empty()) return failure("{}", why);
  if (links == Links::refused && status.st_nlink > 1)
    return failure("it has a second name (a hard link), which may lie outside of the folder");
  return InputFile(std::move(file), status.st_size);
}

/// Opens component by component, so that none of them can be a link, nor become one meanwhile.
Result<InputFile> open_without_links(const std::filesystem::path& folder, const std::filesystem::path& relative) {
  constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  Descriptor at(::open(folder.empty() ? "." : folder.c_str(), kFolderFlags));
  for (const std::filesystem::path& name : relative.parent_path()) {
    if (!at) return reason();
    at = Descriptor(::openat(at.get(), name.c_str(), kFolderFlags | O_NOFOLLOW));
  }
  if (!at) return errno == ENOTDIR ? failure("a folder on the way is a link, or none") : reason();
  Descriptor file(::openat(at.get(), relative.filename().c_str(), kFlags | O_NOFOLLOW));
  if (!file && errno == ELOOP) return failure("it is a symbolic link, which may lead outside of the folder");
  return regular(std::move(file), Links::refused);
}

}  // namespace

Result<std::size_t> InputFile::read_some(std::int64_t offset, std::span<char> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = ::pread(file_.get(), into.data() + filled, into.size() - filled,
                                static_cast<off_t>(offset + static_cast<std::int64_t>(filled)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return reason();
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Status InputFile::read(std::int64_t offset, std::span<char> into) const {
  const Result<std::size_t> got = read_some(offset, into);
  if (!got) return got.failure();
  if (*got < into.size()) return failure("it ends after {} bytes", offset + static_cast<std::int64_t>(*got));
  return {};
}

Result<InputFile> open_input(const std::filesystem::path& path) {
  return regular(Descriptor(::open(path.c_str(), kFlags)));
}

Result<InputFile> open_input_inside(const std::filesystem::path& folder, const std::filesystem::path& relative,
                                    Links links) {
  const std::filesystem::path normal = relative.lexically_normal();
  if (!normal.has_filename() || normal.is_absolute() || *normal.begin() == "..")
    return failure("it is not inside of the folder {}", folder.empty() ? "." : folder.string());
  return links == Links::followed ? open_input(folder / normal) : open_without_links(folder, normal);
}

Result<std::string> read_all(const InputFile& file, std::int64_t most_bytes) {
  if (file.bytes() > most_bytes) return failure("it has {} bytes, at most {} are read", file.bytes(), most_bytes);
  constexpr std::int64_t kChunk = 1 << 16;  // a file may have grown, or be of the kernel's, which state no size
  std::string bytes;
  std::int64_t room = file.bytes() + 1;  // the one more tells that there is no more
  for (std::int64_t filled = 0;; room += std::max(kChunk, filled / 2)) {
    bytes.resize(static_cast<std::size_t>(std::min(room, most_bytes + 1)));
    const Result<std::size_t> got = file.read_some(filled, std::span(bytes).subspan(static_cast<std::size_t>(filled)));
    if (!got) return got.failure();
    filled += static_cast<std::int64_t>(*got);
    if (filled > most_bytes) return failure("it has more than {} bytes, which is the most that is read", most_bytes);
    if (filled < static_cast<std::int64_t>(bytes.size())) {
      bytes.resize(static_cast<std::size_t>(filled));
      return bytes;
    }
  }
}

}  // namespace tilewright
