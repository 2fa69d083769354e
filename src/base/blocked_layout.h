#pragma once

#include <cstdint>
#include <vector>

namespace tilewright {

/// A dense row-major array laid out anew in equal blocks: all blocks one after another, each in one piece. Blocks at
/// the upper edge are filled up with zeros.
struct BlockedLayout {
  std::vector<std::int64_t> shape;  ///< of the dense array, elements
  std::vector<std::int64_t> block;  ///< elements of a block per dimension, each at least 1
  std::vector<int> outer, inner;    ///< dimensions, slowest first: the order of the blocks, and within a block

  /// Blocks along a dimension.
  std::int64_t blocks(int dimension) const;
  /// Extents of the array of blocks: blocks in `outer` order, then elements in `inner` order.
  std::vector<std::int64_t> blocked_shape() const;
  /// Whether to_blocks can work with it: a block for every dimension, no negative extent, and orders that hold no
  /// dimension twice and leave out only those of one block, or of blocks of one element.
  bool is_valid() const;
  friend bool operator==(const BlockedLayout&, const BlockedLayout&) = default;
};

/// Copies `dense` to `blocked` (as large as `blocked_shape` says; they must not overlap), elements of `element_bytes`.
void to_blocks(const BlockedLayout& layout, int element_bytes, const void* dense, void* blocked);

/// An argument of a kernel that it takes in blocks. It is a constant, so whoever compiles the kernel can lay it out.
struct PackedArgument {
  int argument;  ///< position among the kernel's buffers
  BlockedLayout layout;
  friend bool operator==(const PackedArgument&, const PackedArgument&) = default;
};

}  // namespace tilewright
