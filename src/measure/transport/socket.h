#pragma once

#include "base/descriptor.h"
#include "measure/transport/transport.h"

namespace tilewright::measure {

/// A stream socket, closed at the end of its life: one end of a socket pair. Sending to a closed one raises no SIGPIPE.
class Socket : public Transport {
 public:
  explicit Socket(Descriptor socket) : socket_(std::move(socket)) {}
  Transfer send(const void* data, std::uint64_t bytes, Deadline deadline) override;
  Transfer receive(void* data, std::uint64_t bytes, Deadline deadline) override;
  Transfer wait(Deadline deadline) override;

 private:
  Descriptor socket_;
};

}  // namespace tilewright::measure
