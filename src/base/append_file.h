#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/file_lock.h"

namespace tilewright {

/// A file of lines that several processes may append to while others rewrite it (base/rewrite.h). A line is written at
/// once, under a lock, so that a killed process loses none but the one in flight; a torn last line of an earlier run is
/// ended first; a line that does not fit on the disk is taken back. A file that was replaced or removed is opened anew.
/// Directories on the way are made. What is no regular file is only written to.
class AppendFile {
 public:
  /// What is appended.
  struct Lines {
    std::string_view name;       ///< of several: "records"
    std::string_view argument;   ///< that names the file: "--records"
    std::string_view beginning;  ///< of each as it is written, so that a torn one is known
    bool (*is_one)(std::string_view line);
  };
  /// Errors, here and below: Error(cannot_write) naming path and reason (no space, no permission, a directory, a lock
  /// that is not given back); Error(usage) for a file that holds something, but no such line.
  AppendFile(const std::filesystem::path& path, const Lines& lines, Patience patience);
  /// `line` has no line break.
  void append(std::string_view line);
  /// Waits until all is on the disk, where it outlasts a power loss.
  void sync() const;

 private:
  void open();
  FileLock lock_current();
  void check_content() const;
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  Lines lines_;
  Patience patience_;
  Descriptor file_;
  bool is_stream_ = false;
  bool is_known_ = false;  ///< that it holds such lines, or nothing
};

}  // namespace tilewright
