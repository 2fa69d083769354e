// A worker that answers every run as the name of the asked-for kernel says, without running anything: what the tuner
// may hear when a candidate has taken its worker over.

#include <unistd.h>

#include <cerrno>
#include <limits>
#include <map>

#include "base/threads.h"
#include "measure/protocol/protocol.h"

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

RunReply with_error(std::uint8_t error) {
  RunReply reply = with_times({1e-9});
  reply.error = static_cast<task::ErrorKind>(error);
  return reply;
}

RunReply without_threads() {
  RunReply reply;
  reply.error = task::ErrorKind::unknown;
  reply.error_text = too_few_threads(4, 1, std::system_error(EAGAIN, std::generic_category())).what();
  return reply;
}

RunReply with_text(std::size_t bytes) {
  RunReply reply = with_error(static_cast<std::uint8_t>(task::ErrorKind::wrong_answer));
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
    {"unknown_error", with_error(200)},
    {"outputs_unasked", with_outputs({"1234"})},
    {"no_threads", without_threads()},
    {"long_text", with_text(1 << 19)},
};

void answer(const RunMessage& message) {
  if (message.symbol == "garbage") {
    const std::string garbage(100, '\x55');
    if (write(kWorkerSocket, garbage.data(), garbage.size()) < 0) _exit(1);
  } else if (message.symbol == "another_kind") {
    send_frame(kWorkerSocket, encode(RemeasureReply{}));
  } else if (message.symbol == "counts_beyond_the_end") {
    Frame frame = encode(with_times({1}));
    frame.payload.replace(1 + 8, 8, 8, '\x7f');  // the number of times, after the error and its text
    send_frame(kWorkerSocket, frame);
  } else {
    send_frame(kWorkerSocket, encode(kReplies.at(message.symbol)));
  }
}

}  // namespace
}  // namespace tilewright::measure

int main() {
  using namespace tilewright::measure;
  send_frame(kWorkerSocket, encode(Hello{}));
  Frame frame;
  while (receive_frame(kWorkerSocket, frame, std::uint64_t{1} << 30) == Transfer::done)
    if (const auto message = decode<RunMessage>(frame)) answer(*message);
}
