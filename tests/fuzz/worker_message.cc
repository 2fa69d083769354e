// What tuner and worker send each other: frames with their kind in the first byte. What can be worked with makes a
// task's buffers, and lays its arguments out.
#include "base/error.h"
#include "measure/protocol/messages.h"
#include "measure/worker/task_buffers.h"
#include "mutate_bytes.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

using namespace measure;

TaskMessage small_task() { return {{{"x", DType::bf16, {3, 5}, false}, {"y", DType::f64, {2}, true}}, 42, 1 << 20}; }

RunMessage small_run() {
  RunMessage message;
  message.symbol = "kernel";
  message.object = "ELF";
  message.packed = {{0, {{3, 5}, {2, 5}, {1, 0}, {0, 1}}}};
  return message;
}

std::string to_input(const Frame& frame) { return static_cast<char>(frame.kind) + frame.payload; }

/// The message, if it is one, after a look at whether it is written as it was read.
template <class Message>
std::optional<Message> taken(const Frame& frame) {
  std::optional<Message> message = decode<Message>(frame);
  TW_CHECK(!message || encode(*message).payload == frame.payload, "a message is written otherwise than it was read");
  return message;
}

void make_buffers(const TaskMessage& task) {
  constexpr std::int64_t kMost = 1 << 20;
  std::int64_t bytes = 0;
  for (const Argument& argument : task.arguments) {
    std::int64_t size = bytes_of(argument.type);
    for (const std::int64_t extent : argument.shape) size = std::min(kMost, size) * std::min(kMost, extent);
    bytes = std::min(kMost, bytes) + size;
  }
  if (bytes < kMost && task.arguments.size() < 1000) TaskBuffers{task};
}

void lay_out(const RunMessage& message) {
  constexpr std::int64_t kMostBlock = 1 << 10;
  for (const PackedArgument& packed : message.packed)
    for (const std::int64_t extent : packed.layout.block)
      if (extent > kMostBlock) return;
  TaskBuffers(small_task()).pack(message.packed);
}

}  // namespace

std::vector<std::string> seeds() {
  RunReply reply;
  reply.error_text = "text";
  reply.times_s = {1, 2};
  reply.outputs = {"abc"};
  return {to_input(encode(small_task())), to_input(encode(ReferenceMessage{{std::string(16, '\1')}, 1e-6})),
          to_input(encode(small_run())),  to_input(encode(RemeasureMessage{{}, {small_run(), small_run()}})),
          to_input(encode(reply)),        to_input(encode(RemeasureReply{{reply, reply}}))};
}

void test_one_input(std::string_view input) {
  if (input.empty()) return;
  const Frame frame{static_cast<FrameKind>(input.front()), std::string(input.substr(1))};
  const TaskMessage task = small_task();
  if (const auto message = taken<TaskMessage>(frame); message && !problem_with(*message)) make_buffers(*message);
  if (auto message = taken<ReferenceMessage>(frame); message && !problem_with(*message, task)) {
    TaskBuffers buffers(task);
    buffers.set_reference(*std::move(message));
    buffers.mismatch();
  }
  if (const auto message = taken<RunMessage>(frame); message && !problem_with(*message, task)) lay_out(*message);
  if (const auto message = taken<RemeasureMessage>(frame); message && !problem_with(*message, task))
    for (const RunMessage& candidate : message->candidates) lay_out(candidate);
  taken<RunReply>(frame);
  taken<RemeasureReply>(frame);
}

/// An awkward number somewhere, in 8 bytes.
void mutate_form(std::string& input, Rng& rng) {
  constexpr int kBytes = 8;
  if (std::ssize(input) <= kBytes) return;
  const auto number = static_cast<std::uint64_t>(awkward_number(rng));
  const auto begin = static_cast<std::size_t>(rng.below(std::ssize(input) - kBytes));
  for (int i = 0; i < kBytes; ++i) input[begin + static_cast<std::size_t>(i)] = static_cast<char>(number >> (8 * i));
}

}  // namespace tilewright::fuzz
