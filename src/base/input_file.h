#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"

namespace tilewright {

/// What a whole file may have at most: as many bytes as protobuf can parse.
inline constexpr std::int64_t kMostFileBytes = (std::int64_t{1} << 31) - 1;

/// A regular file, open for reading. What it was when it was opened, it stays: whatever happens to its name, the same
/// bytes are read.
class InputFile {
 public:
  InputFile() = default;  ///< none
  InputFile(Descriptor file, std::int64_t bytes) : file_(std::move(file)), bytes_(bytes) {}

  int descriptor() const { return file_.get(); }
  /// When it was opened. 0 for files that the kernel makes up, as in /proc.
  std::int64_t bytes() const { return bytes_; }
  /// Fills `into` from byte `offset` on. Failure: the reason, also if the file ends before.
  Status read(std::int64_t offset, std::span<char> into) const;
  /// As many bytes as there are, up to into.size(). Failure: the reason.
  Result<std::size_t> read_some(std::int64_t offset, std::span<char> into) const;

 private:
  Descriptor file_;
  std::int64_t bytes_ = 0;
};

/// The one way to open what a user names. Never waits: not for the other end of a pipe either.
/// Failure: the reason ("it is a directory", a device, a pipe, a socket; "No such file or directory", …).
Result<InputFile> open_input(const std::filesystem::path& path);

/// How a file may name another one that belongs to it.
enum class Links {
  refused,   ///< no symbolic link on the way, and the file has no second name (a hard link) that may lie elsewhere
  followed,  ///< wherever they lead: for stores that keep files by content and link to them
};
/// A file inside of `folder` that another file names: `relative` is relative and has no "..".
/// Failure: the reason, as open_input's, and for what leads outside or is a link.
Result<InputFile> open_input_inside(const std::filesystem::path& folder, const std::filesystem::path& relative,
                                    Links links);

/// The whole file. Failure: the reason; more than `most_bytes` is one, and found out before anything is read.
Result<std::string> read_all(const InputFile& file, std::int64_t most_bytes);

}  // namespace tilewright
