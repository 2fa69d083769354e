#include "runtime/cpu/event_counter.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <climits>

namespace tilewright::runtime {
namespace {

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value) {
  return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word), operation | FUTEX_PRIVATE_FLAG, value, nullptr,
                 nullptr, 0);
}

}  // namespace

void EventCounter::advance() {
  // Sequentially consistent on both sides: either this thread sees the sleeper, or the sleeper sees the new value.
  value_.fetch_add(1, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) != 0) futex(&value_, FUTEX_WAKE, INT_MAX);
}

void EventCounter::wait_for(std::uint32_t target, int spin_us) {
  constexpr int kPausesPerClock = 32;
  if (value_.load(std::memory_order_acquire) == target) return;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(spin_us);
  while (spin_us > 0 && std::chrono::steady_clock::now() < deadline) {
    for (int i = 0; i < kPausesPerClock; ++i) {
      if (value_.load(std::memory_order_acquire) == target) return;
      pause_briefly();
    }
  }
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  for (;;) {
    const std::uint32_t seen = value_.load(std::memory_order_seq_cst);
    if (seen == target) break;
    futex(&value_, FUTEX_WAIT, seen);  // returns at once if the value has changed meanwhile
  }
  sleepers_.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace tilewright::runtime
