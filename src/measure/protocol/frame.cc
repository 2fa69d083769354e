#include "measure/protocol/frame.h"

#include <algorithm>
#include <string_view>

#include "measure/protocol/wire.h"

namespace tilewright::measure {
namespace {

constexpr std::string_view kFrameMagic = "twf2", kGreetingMagic = "twwk";
constexpr std::size_t kHeaderBytes = 16, kGreetingBytes = 8;

Transfer send_text(Transport& to, std::string_view bytes, Deadline deadline) {
  return to.send(bytes.data(), bytes.size(), deadline);
}

Transfer receive_text(Transport& from, std::string& bytes, std::size_t size, Deadline deadline) {
  bytes.resize(size);
  return from.receive(bytes.data(), size, deadline);
}

template <class T>
T number_at(std::string_view bytes, std::size_t offset) {
  T value{};
  Decoder{bytes.substr(offset, sizeof(T))}(value);
  return value;
}

template <class... T>
std::string with_magic(std::string_view magic, T... numbers) {
  Encoder encoder;
  (encoder(numbers), ...);
  return std::string(magic) + encoder.take();
}

}  // namespace

Transfer send_frame(Transport& to, const Frame& frame, Deadline deadline) {
  const std::string header =
      with_magic(kFrameMagic, static_cast<std::uint32_t>(frame.kind), static_cast<std::uint64_t>(frame.payload.size()));
  const Transfer sent = send_text(to, header, deadline);
  return sent == Transfer::done ? send_text(to, frame.payload, deadline) : sent;
}

Transfer receive_frame(Transport& from, Frame& frame, std::uint64_t most_bytes, Deadline deadline) {
  constexpr std::uint64_t kFirstPiece = 1 << 20;
  std::string header;
  if (const Transfer got = receive_text(from, header, kHeaderBytes, deadline); got != Transfer::done) return got;
  const auto bytes = number_at<std::uint64_t>(header, 8);
  if (!header.starts_with(kFrameMagic) || bytes > most_bytes) return Transfer::malformed;
  frame.kind = static_cast<FrameKind>(number_at<std::uint32_t>(header, 4));
  frame.payload.clear();
  for (std::uint64_t have = 0; have < bytes; have = frame.payload.size()) {
    frame.payload.resize(std::min(bytes, std::max(kFirstPiece, 2 * have)));
    const Transfer got = from.receive(frame.payload.data() + have, frame.payload.size() - have, deadline);
    if (got != Transfer::done) return got;
  }
  return Transfer::done;
}

Transfer send_greeting(Transport& to, std::uint32_t version, Deadline deadline) {
  return send_text(to, with_magic(kGreetingMagic, version), deadline);
}

Transfer receive_greeting(Transport& from, std::uint32_t& version, Deadline deadline) {
  // Up to version 5 it was a frame: magic and kind as numbers of the machine, 4 as the length, the version.
  static const std::string kOldGreeting = with_magic("", std::uint32_t{0x74776631}, std::uint32_t{1}, std::uint64_t{4});
  std::string greeting, rest;
  if (const Transfer got = receive_text(from, greeting, kGreetingBytes, deadline); got != Transfer::done) return got;
  if (greeting.starts_with(kGreetingMagic)) {
    version = number_at<std::uint32_t>(greeting, 4);
    return Transfer::done;
  }
  if (!kOldGreeting.starts_with(greeting)) return Transfer::malformed;
  if (const Transfer got = receive_text(from, rest, kOldGreeting.size() + 4 - kGreetingBytes, deadline);
      got != Transfer::done)
    return got;
  greeting += rest;
  if (!greeting.starts_with(kOldGreeting)) return Transfer::malformed;
  version = number_at<std::uint32_t>(greeting, kOldGreeting.size());
  return Transfer::done;
}

}  // namespace tilewright::measure
