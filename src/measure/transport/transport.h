#pragma once

#include <chrono>
#include <cstdint>

namespace tilewright::measure {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

enum class Transfer : std::uint8_t { done, closed, late, malformed };

/// A stream of bytes to whom one talks to, both ways. What the protocol is spoken over.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Sends all bytes, or says why not: the other end closed, or the deadline has passed.
  virtual Transfer send(const void* data, std::uint64_t bytes, Deadline deadline) = 0;
  /// Receives exactly so many.
  virtual Transfer receive(void* data, std::uint64_t bytes, Deadline deadline) = 0;
  /// Waits until something can be received: `done` also if that is the end.
  virtual Transfer wait(Deadline deadline) = 0;
};

}  // namespace tilewright::measure
