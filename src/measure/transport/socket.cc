#include "measure/transport/socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace tilewright::measure {
namespace {

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

}  // namespace

Transfer Socket::send(const void* data, std::uint64_t bytes, Deadline deadline) {
  return move_all(socket_.get(), POLLOUT, bytes, deadline, [&](std::uint64_t offset) {
    return ::send(socket_.get(), static_cast<const char*>(data) + offset, bytes - offset, MSG_NOSIGNAL | MSG_DONTWAIT);
  });
}

Transfer Socket::receive(void* data, std::uint64_t bytes, Deadline deadline) {
  return move_all(socket_.get(), POLLIN, bytes, deadline, [&](std::uint64_t offset) {
    return recv(socket_.get(), static_cast<char*>(data) + offset, bytes - offset, MSG_DONTWAIT);
  });
}

Transfer Socket::wait(Deadline deadline) { return wait_for(socket_.get(), POLLIN, deadline); }

}  // namespace tilewright::measure
