#include "base/blocked_layout.h"

#include <algorithm>
#include <cstring>

#include "base/integer.h"

namespace tilewright {
namespace {

/// Walks the blocked array in order, so that writing is sequential.
class Copy {
 public:
  Copy(const BlockedLayout& layout, std::int64_t element_bytes, const char* dense, char* blocked)
      : layout_(layout), bytes_(element_bytes), dense_(dense), next_(blocked), strides_(layout.shape.size(), 1) {
    for (std::size_t d = strides_.size(); d-- > 1;) strides_[d - 1] = strides_[d] * layout.shape[d];
    first_.assign(strides_.size(), 0);
  }
  void run() { blocks(0); }

 private:
  void blocks(std::size_t level) {
    if (level == layout_.outer.size()) return elements(0, 0, true);
    const int d = layout_.outer[level];
    for (std::int64_t b = 0; b < layout_.blocks(d); ++b) {
      first_[static_cast<std::size_t>(d)] = b * layout_.block[static_cast<std::size_t>(d)];
      blocks(level + 1);
    }
  }

  void elements(std::size_t level, std::int64_t offset, bool inside) {
    if (level == layout_.inner.size()) return put(offset, 1, inside ? 1 : 0);
    const auto d = static_cast<std::size_t>(layout_.inner[level]);
    const std::int64_t valid = std::clamp<std::int64_t>(layout_.shape[d] - first_[d], 0, layout_.block[d]);
    const std::int64_t begin = offset + first_[d] * strides_[d];
    if (level + 1 == layout_.inner.size() && strides_[d] == 1) return put(begin, layout_.block[d], inside ? valid : 0);
    for (std::int64_t i = 0; i < layout_.block[d]; ++i)
      elements(level + 1, begin + i * strides_[d], inside && i < valid);
  }

  /// `valid` elements from `offset` on, and zeros up to `count`.
  void put(std::int64_t offset, std::int64_t count, std::int64_t valid) {
    if (valid > 0) std::memcpy(next_, dense_ + offset * bytes_, static_cast<std::size_t>(valid * bytes_));
    std::memset(next_ + valid * bytes_, 0, static_cast<std::size_t>((count - valid) * bytes_));
    next_ += count * bytes_;
  }

  const BlockedLayout& layout_;
  std::int64_t bytes_;
  const char* dense_;
  char* next_;
  std::vector<std::int64_t> strides_, first_;  ///< per dimension: of the dense array; of the block
};

}  // namespace

std::int64_t BlockedLayout::blocks(int dimension) const {
  const auto d = static_cast<std::size_t>(dimension);
  return ceil_div(shape[d], block[d]);
}

std::vector<std::int64_t> BlockedLayout::blocked_shape() const {
  std::vector<std::int64_t> extents;
  for (int d : outer) extents.push_back(blocks(d));
  for (int d : inner) extents.push_back(block[static_cast<std::size_t>(d)]);
  return extents;
}

bool BlockedLayout::is_valid() const {
  const auto is_order = [&](const std::vector<int>& order, const auto& may_be_left_out) {
    std::vector<bool> stands_there(shape.size());
    for (const int d : order) {
      if (d < 0 || d >= std::ssize(shape) || stands_there[at(d)]) return false;
      stands_there[at(d)] = true;
    }
    for (int d = 0; d < std::ssize(shape); ++d)
      if (!stands_there[at(d)] && !may_be_left_out(d)) return false;
    return true;
  };
  return block.size() == shape.size() && std::ranges::all_of(shape, [](std::int64_t n) { return n >= 0; }) &&
         std::ranges::all_of(block, [](std::int64_t n) { return n >= 1; }) &&
         is_order(outer, [&](int d) { return blocks(d) <= 1; }) &&
         is_order(inner, [&](int d) { return block[at(d)] == 1; });
}

void to_blocks(const BlockedLayout& layout, int element_bytes, const void* dense, void* blocked) {
  Copy(layout, element_bytes, static_cast<const char*>(dense), static_cast<char*>(blocked)).run();
}

}  // namespace tilewright
