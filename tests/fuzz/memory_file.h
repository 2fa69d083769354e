#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace tilewright::fuzz {

/// A file in memory, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes = {}) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) { fill(bytes); }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  /// Other content.
  void fill(std::string_view bytes) const {
    TW_CHECK(::ftruncate(file_, 0) == 0 && ::pwrite(file_, bytes.data(), bytes.size(), 0) == std::ssize(bytes));
  }
  std::filesystem::path path() const { return fmt::format("/proc/self/fd/{}", file_); }

 private:
  int file_;
};

}  // namespace tilewright::fuzz
