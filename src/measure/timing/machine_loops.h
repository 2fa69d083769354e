#pragma once

#include <cstdint>
#include <functional>

namespace tilewright::measure {

inline constexpr int kWidestVector = 64;  ///< bytes of the widest vector register of any machine

/// Fixed pieces of work that tell how fast a machine is, in the widest vector instructions that it has.
struct MachineLoops {
  static constexpr int kAccumulators = 12;
  int lanes;  ///< f32 elements of a vector
  /// `rounds` times kAccumulators independent fused multiply-adds on vectors.
  float (*multiply_add)(std::int64_t rounds);
  /// Reads so much memory, but for a rest of less than 512 bytes.
  std::uint64_t (*read_all)(const char* data, std::int64_t bytes);
};
/// With vectors of at most `vector_bytes`.
MachineLoops widest_loops(int vector_bytes = kWidestVector);

/// Seconds that the slowest of `threads` threads needs for `body(thread)`, all starting together.
/// Errors: Error(usage) if the operating system refuses a thread.
double time_together(int threads, const std::function<void(int)>& body);

}  // namespace tilewright::measure
