// A worker that answers every run as the name of the asked-for kernel says, without running anything: what the tuner
// may hear when a candidate has taken its worker over.

#include <cerrno>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include "base/threads.h"
#include "measure/protocol/messages.h"
#include "measure/transport/socket.h"

namespace tilewright::measure {
namespace {

RunReply with_times(std::vector<double> times_s) {
  RunReply reply;
  reply.times_s = std::move(times_s);
  return reply;
}

RunReply with_outputs(std::vector<std::string> outputs) {
  RunReply reply = with_times({1e-9});
  reply.outputs = std::move(outputs);
  return reply;
}

RunReply without_threads() {
  RunReply reply;
  reply.error = task::ErrorKind::unknown;
  reply.error_text = too_few_threads(4, 1, std::system_error(EAGAIN, std::generic_category())).what();
  return reply;
}

RunReply with_text(std::size_t bytes) {
  RunReply reply;
  reply.error = task::ErrorKind::wrong_answer;
  reply.error_text.assign(bytes, '\xff');
  return reply;
}

const std::map<std::string, RunReply> kReplies = {
    {"honest", with_times({1e-9, 2e-9})},
    {"no_times", with_times({})},
    {"nan", with_times({1e-9, std::numeric_limits<double>::quiet_NaN()})},
    {"infinity", with_times({std::numeric_limits<double>::infinity()})},
    {"negative", with_times({-1})},
    {"zero", with_times({0})},
    {"longer_than_it_took", with_times({1e6})},
    {"too_many", with_times(std::vector<double>(100'000, 1e-12))},
    {"outputs_unasked", with_outputs({"1234"})},
    {"no_threads", without_threads()},
    {"long_text", with_text(1 << 19)},
};

/// A good reply whose fields, written anew, differ.
Frame forged(const auto& forge) {
  Encoder encoder;
  forge(encoder);
  return {FrameKind::reply, encoder.take()};
}

void answer(Transport& tuner, const RunMessage& message) {
  const std::string text;
  const std::uint8_t none = 0, unknown_error = task::kErrorKinds;
  if (message.symbol == "garbage") {
    const std::string garbage(100, '\x55');
    tuner.send(garbage.data(), garbage.size(), kNoDeadline);
  } else if (message.symbol == "another_kind") {
    send_frame(tuner, encode(RemeasureReply{}));
  } else if (message.symbol == "unknown_error") {
    send_frame(tuner, forged([&](Encoder& code) {
                 const RunReply reply = with_times({1e-9});
                 code(unknown_error), code(text), code(reply.times_s), code(reply.cut_short), code(reply.outputs);
                 code(reply.resident_bytes);
               }));
  } else if (message.symbol == "counts_beyond_the_end") {
    send_frame(tuner, forged([&](Encoder& code) { code(none), code(text), code(std::uint64_t{1} << 62), code(1.0); }));
  } else {
    send_frame(tuner, encode(kReplies.at(message.symbol)));
  }
}

}  // namespace
}  // namespace tilewright::measure

/// With TW_TEST_GREETING it sends these bytes, given as hexadecimal digits, in the place of its greeting.
int main() {
  using namespace tilewright::measure;
  Socket tuner{tilewright::Descriptor(kWorkerSocket)};
  if (const char* hex = std::getenv("TW_TEST_GREETING")) {
    std::string greeting;
    for (std::string_view rest(hex); !rest.empty(); rest.remove_prefix(2))
      greeting += static_cast<char>(std::stoi(std::string(rest.substr(0, 2)), nullptr, 16));
    tuner.send(greeting.data(), greeting.size(), kNoDeadline);
  } else {
    send_greeting(tuner);
  }
  Frame frame;
  while (receive_frame(tuner, frame, std::uint64_t{1} << 30) == Transfer::done)
    if (const auto message = decode<RunMessage>(frame)) answer(tuner, *message);
}
