#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/file_lock.h"
#include "base/output_target.h"

namespace tilewright {

/// A file whose content is about to be made anew, maybe from itself. From before it is read until the new content is in
/// its place nobody appends to it (base/append_file.h), so that nothing can be lost. What is no regular file is only
/// written to.
class Rewrite {
 public:
  /// `from_itself`: the command reads the file, and the new content is made from that. Errors: Error(cannot_write) if
  /// `path` can't be written to, or others hold it.
  Rewrite(const std::filesystem::path& path, bool from_itself, const Patience& patience);
  /// Errors: Error(cannot_write), also if there was no such file and another program has made one meanwhile;
  /// Error(usage) for a file that is read without being meant to (base/files_read.h).
  void write(std::string_view bytes) const;

 private:
  std::filesystem::path path_;
  bool from_itself_;
  OutputTarget target_;
  Descriptor file_;
  std::optional<FileLock> lock_;
};

}  // namespace tilewright
