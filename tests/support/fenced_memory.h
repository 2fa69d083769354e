#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "base/error.h"

namespace tilewright::support {

/// Memory aligned to 64 bytes between two pages that nobody may touch: an access beyond the end (by more than fills the
/// last 64 bytes) or before the first page ends the program.
class FencedMemory {
 public:
  explicit FencedMemory(std::int64_t bytes) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t aligned = (static_cast<std::size_t>(bytes) + 63) / 64 * 64;
    const std::size_t inside = (aligned + page - 1) / page * page;
    size_ = inside + 2 * page;
    start_ = static_cast<char*>(::mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    TW_CHECK(start_ != MAP_FAILED, "no memory for {} bytes", bytes);
    TW_CHECK(inside == 0 || ::mprotect(start_ + page, inside, PROT_READ | PROT_WRITE) == 0, "mprotect failed");
    data_ = start_ + page + inside - aligned;
  }
  ~FencedMemory() { ::munmap(start_, size_); }
  FencedMemory(const FencedMemory&) = delete;
  FencedMemory& operator=(const FencedMemory&) = delete;
  void* data() { return data_; }

 private:
  char* start_ = nullptr;
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tilewright::support
