#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "base/descriptor.h"

namespace tilewright {

/// Where an output goes.
struct OutputTarget {
  std::filesystem::path path;         ///< symbolic links followed, also one to what does not exist yet
  std::optional<struct stat> status;  ///< nothing if there is no such file
  bool is_stream = false;  ///< a device, a pipe or an open file such as /dev/stdout: can't be replaced, only written to
};
/// Nothing, with errno set, if that can't be found out.
std::optional<OutputTarget> output_target(const std::filesystem::path& path);

/// Errors: Error(usage) naming `named` if the running command reads the file, too.
void refuse_if_read(const OutputTarget& target, const std::filesystem::path& named);

/// Opens a stream, after its reader has come. No descriptor, with errno set, if that can't be done.
Descriptor open_stream(const OutputTarget& target);
/// Opens a stream and writes all of it. Errors: as fail_to_write.
void write_stream(const OutputTarget& target, const std::filesystem::path& named,
                  std::span<const std::string_view> pieces);

/// Error(cannot_write) naming `named` and the reason; without one, what errno says.
[[noreturn]] void fail_to_write(const std::filesystem::path& named, std::string_view reason = system_reason());

}  // namespace tilewright
