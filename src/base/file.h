#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/input_file.h"

namespace tilewright {

/// The whole file. Errors: Error(bad_input) naming the path and the reason (missing, a directory, a device, a pipe, no
/// permission, too large).
std::string read_file(const std::filesystem::path& path, std::int64_t most_bytes = kMostFileBytes);

/// Writes `bytes` beside `path` first and then takes its place, so that whoever reads `path` sees the old content or
/// the new, never half of it, also after a power loss. A link stays, what it leads to is replaced and keeps its mode.
/// What is no regular file (a device, a pipe, /dev/stdout) is written to directly. Errors: Error(cannot_write) naming
/// the path and the reason; what was at `path` is still there. Error(usage) for a file that this command reads
/// (base/files_read.h).
void write_file(const std::filesystem::path& path, std::string_view bytes);
/// The same from pieces that follow each other, for what would be large in one.
void write_file(const std::filesystem::path& path, std::span<const std::string_view> pieces);

}  // namespace tilewright
