#pragma once

#include <algorithm>
#include <cstdint>

namespace tilewright::target {

/// How code generation spends vector registers. Read by emit/, which follows it, and by cost/, which counts what that
/// comes to.
struct EmitterPolicy {
  std::int64_t vector_bytes;  ///< per register
  std::int64_t registers;
  bool has_masks;  ///< loads and stores of some lanes are as cheap as those of all

  static constexpr std::int64_t kLaneBytes = 4;  ///< an element of any type counts as one of f32
  static constexpr std::int64_t kChunkRegisters =
      4;  ///< that one operation on a vectorized loop is spread over, at most

  /// Elements of a register.
  std::int64_t lanes() const { return vector_bytes / kLaneBytes; }
  /// Registers' worth of elements that a reduction updates and that are kept as values from its first iteration to its
  /// last; with more, all go through memory.
  std::int64_t most_accumulators() const { return 2 * registers; }

  /// Cuts the iterations begin … end - 1 of a vectorized loop into pieces of a power of two of lanes and calls
  /// `piece(begin, lanes, active)` for each; the last may have lanes beyond `active` that are masked out.
  template <class Piece>
  void for_each_chunk(std::int64_t begin, std::int64_t end, const Piece& piece) const {
    while (begin < end) {
      const std::int64_t left = end - begin;
      std::int64_t count = kChunkRegisters * lanes();
      while (count > left) count /= 2;
      const bool is_tail = left < lanes() && count < left;
      if (is_tail && has_masks) count *= 2;
      const std::int64_t active = std::min(count, left);
      piece(begin, count, active);
      begin += active;
    }
  }
};

}  // namespace tilewright::target
