#pragma once

#include <atomic>
#include <cstdint>

namespace tilewright::runtime {

/// A number that only grows. One thread advances it, another waits for a value: it spins for a while, then sleeps.
/// What was written before `advance` is visible after the `wait_for` that it ends. A cache line of its own.
class alignas(64) EventCounter {
 public:
  void advance();
  /// Returns when the counter has reached `target` (modulo 2^32, at most one step away).
  void wait_for(std::uint32_t target, int spin_us);

 private:
  std::atomic<std::uint32_t> value_{0};
  std::atomic<std::uint32_t> sleepers_{0};
};

}  // namespace tilewright::runtime
