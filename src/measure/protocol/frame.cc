#include "measure/protocol/frame.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace tilewright::measure {
namespace {

struct Header {
  std::uint32_t magic = 0x74776631;  // "twf1"
  FrameKind kind{};
  std::uint64_t bytes = 0;
};

/// Waits until the socket can be read or written.
Transfer wait_for(int socket, short event, Deadline deadline) {
  for (;;) {
    int timeout_ms = -1;
    if (deadline != kNoDeadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30));
    }
    pollfd poll_file{socket, event, 0};
    const int ready = poll(&poll_file, 1, timeout_ms);
    if (ready > 0) return Transfer::done;
    if (ready == 0) return Transfer::late;
    if (errno != EINTR) return Transfer::closed;
  }
}

/// Moves all bytes with `step(offset)`, a non-blocking send or receive that returns like the system calls.
template <class Step>
Transfer move_all(int socket, short event, std::uint64_t bytes, Deadline deadline, Step step) {
  for (std::uint64_t moved = 0; moved < bytes;) {
    const ssize_t count = step(moved);
    if (count > 0) {
      moved += static_cast<std::uint64_t>(count);
    } else if (count == 0) {
      return Transfer::closed;
    } else if (errno == EAGAIN) {
      if (const Transfer ready = wait_for(socket, event, deadline); ready != Transfer::done) return ready;
    } else if (errno != EINTR) {
      return Transfer::closed;
    }
  }
  return Transfer::done;
}

Transfer send_all(int socket, const void* data, std::uint64_t bytes, Deadline deadline) {
  return move_all(socket, POLLOUT, bytes, deadline, [&](std::uint64_t offset) {
    return send(socket, static_cast<const char*>(data) + offset, bytes - offset, MSG_NOSIGNAL | MSG_DONTWAIT);
  });
}

Transfer receive_all(int socket, void* data, std::uint64_t bytes, Deadline deadline) {
  return move_all(socket, POLLIN, bytes, deadline, [&](std::uint64_t offset) {
    return recv(socket, static_cast<char*>(data) + offset, bytes - offset, MSG_DONTWAIT);
  });
}

}  // namespace

Transfer send_frame(int socket, const Frame& frame, Deadline deadline) {
  Header header;
  header.kind = frame.kind;
  header.bytes = frame.payload.size();
  const Transfer sent = send_all(socket, &header, sizeof header, deadline);
  return sent == Transfer::done ? send_all(socket, frame.payload.data(), frame.payload.size(), deadline) : sent;
}

Transfer receive_frame(int socket, Frame& frame, std::uint64_t most_bytes, Deadline deadline) {
  Header header;
  if (const Transfer got = receive_all(socket, &header, sizeof header, deadline); got != Transfer::done) return got;
  if (header.magic != Header{}.magic || header.bytes > most_bytes) return Transfer::malformed;
  frame.kind = header.kind;
  frame.payload.resize(header.bytes);
  return receive_all(socket, frame.payload.data(), header.bytes, deadline);
}

}  // namespace tilewright::measure
