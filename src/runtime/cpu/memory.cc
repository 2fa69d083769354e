#include "runtime/cpu/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <limits>

#include "base/integer.h"

namespace tilewright::runtime {
namespace {

constexpr std::int64_t kLine = 64;
constexpr std::int64_t kHugePage = std::int64_t{2} << 20;

}  // namespace

std::shared_ptr<void> allocate(std::int64_t bytes, Use use) {
  if (bytes < 0 || bytes > std::numeric_limits<std::int64_t>::max() / 2) return nullptr;
  const bool huge = bytes >= (use == Use::kernels ? kHugeFrom : kHugeForKeepingFrom);
  const std::int64_t alignment = huge ? kHugePage : kLine;
  const std::int64_t rounded = round_up(bytes > 0 ? bytes : 1, alignment);
  void* data = std::aligned_alloc(static_cast<std::size_t>(alignment), static_cast<std::size_t>(rounded));
  if (data == nullptr) return nullptr;
  if (huge) madvise(data, static_cast<std::size_t>(rounded), MADV_HUGEPAGE);  // a wish: failure changes speed only
  return {data, std::free};
}

void* GrowingBlock::reserve(std::int64_t bytes) {
  if (data_ == nullptr || bytes > bytes_) {
    release();  // first, so that old and new need not fit at once
    data_ = allocate(bytes);
    bytes_ = data_ == nullptr ? 0 : bytes;
  }
  return bytes < 0 ? nullptr : data_.get();
}

void GrowingBlock::release() {
  data_.reset();
  bytes_ = 0;
}

}  // namespace tilewright::runtime
