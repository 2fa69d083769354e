#pragma once

#include <cstdint>
#include <memory>

namespace tilewright::runtime {

/// What memory is for.
enum class Use : std::uint8_t {
  keeping,  ///< many pieces, each read now and then: small pages, so that each takes what it needs
  kernels,  ///< those run on it
};

/// From this size on, memory that kernels run on is aligned to 2 MiB and huge pages are asked for. As small as this
/// because kernels are timed on tensors of their own, but run in networks, whose weights and activations lie in blocks
/// of many megabytes.
inline constexpr std::int64_t kHugeFrom = std::int64_t{1} << 18;
/// The same of memory for keeping: where a part of a huge page more does not count.
inline constexpr std::int64_t kHugeForKeepingFrom = std::int64_t{1} << 24;

/// Uninitialised memory of at least `bytes` (0 gives a valid pointer too), aligned to 64, or to 2 MiB with huge pages
/// advised. Null when there is none, or `bytes` is negative. Freed by the last owner.
std::shared_ptr<void> allocate(std::int64_t bytes, Use use = Use::kernels);

/// Memory that only grows; what it held is lost when it does.
class GrowingBlock {
 public:
  /// At least `bytes`, or null; after null the block is empty.
  void* reserve(std::int64_t bytes);
  void release();

 private:
  std::shared_ptr<void> data_;
  std::int64_t bytes_ = 0;
};

}  // namespace tilewright::runtime
