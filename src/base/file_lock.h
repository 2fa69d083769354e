#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "base/descriptor.h"

namespace tilewright {

/// How long to wait for another program, and who hears of it.
struct Patience {
  double seconds = 30;
  std::function<void(const std::string&)> say = {};  ///< "waiting for FILE, held by PROGRAM (process 123)", once
};

/// Keeps other programs out of an open file, as long as they ask for a lock as well. Ends with its process. Where locks
/// are not supported it does nothing.
class FileLock {
 public:
  /// Errors: Error(cannot_write) that names `path` and who holds it, once patience is at its end.
  FileLock(const Descriptor& file, const std::filesystem::path& path, const Patience& patience);
  ~FileLock();
  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;

 private:
  int file_;
};

/// Whether `path` still names the open file: it may have been replaced or removed while a lock was waited for.
bool is_current(const Descriptor& file, const std::filesystem::path& path);

}  // namespace tilewright
