#pragma once

#include <cstdint>
#include <string>

#include "measure/transport/transport.h"

namespace tilewright::measure {

/// What kind of message a frame carries.
enum class FrameKind : std::uint32_t { task = 2, reference, run, reply, remeasure, remeasure_reply };

/// A message on its way. On the wire: "twf2", the kind (4 bytes), the length of the payload (8), the payload.
struct Frame {
  FrameKind kind{};
  std::string payload;
};

Transfer send_frame(Transport& to, const Frame& frame, Deadline deadline = kNoDeadline);
/// Receives one; a frame longer than `most_bytes` is malformed. Memory is taken as the payload comes, not as it is
/// announced.
Transfer receive_frame(Transport& from, Frame& frame, std::uint64_t most_bytes, Deadline deadline = kNoDeadline);

/// The version in which tuner and worker talk. Raised whenever a message changes.
inline constexpr std::uint32_t kProtocolVersion = 6;

/// The first bytes that a worker sends, in every version: "twwk" and its version (4 bytes).
Transfer send_greeting(Transport& to, std::uint32_t version = kProtocolVersion, Deadline deadline = kNoDeadline);
/// What a worker greets with, those of before version 6 included; malformed if it is no greeting.
Transfer receive_greeting(Transport& from, std::uint32_t& version, Deadline deadline);

}  // namespace tilewright::measure
