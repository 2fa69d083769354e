#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>
#include <vector>

#include "base/rng.h"
#include "measure/protocol/messages.h"
#include "measure/transport/socket.h"

namespace tilewright::measure {
namespace {

TaskMessage some_task() { return {{{"x", DType::bf16, {3, 0, 5}, false}, {"y", DType::f64, {}, true}}, 42, 1 << 20}; }

RunReply some_reply() {
  RunReply reply;
  reply.error = task::ErrorKind::wrong_answer;
  reply.error_text = "text";
  reply.times_s = {1, 2, 3};
  reply.cut_short = true;
  reply.outputs = {"abc", std::string(3, '\0')};
  return reply;
}

TEST(Protocol, CarriesATask) {
  const auto task = decode<TaskMessage>(encode(some_task()));
  ASSERT_TRUE(task);
  ASSERT_EQ(task->arguments.size(), 2U);
  EXPECT_EQ(task->arguments[0].name, "x");
  EXPECT_EQ(task->arguments[0].type, DType::bf16);
  EXPECT_EQ(task->arguments[0].shape, (std::vector<std::int64_t>{3, 0, 5}));
  EXPECT_TRUE(task->arguments[1].is_output);
  EXPECT_EQ(task->seed, 42U);
}

TEST(Protocol, CarriesAReply) {
  const auto reply = decode<RunReply>(encode(some_reply()));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(reply->error_text, "text");
  EXPECT_EQ(reply->times_s, some_reply().times_s);
  EXPECT_TRUE(reply->cut_short);
  EXPECT_EQ(reply->outputs, some_reply().outputs);
}

TEST(Protocol, RefusesAnotherKindOfMessage) { EXPECT_FALSE(decode<RunReply>(encode(some_task()))); }

TEST(Protocol, RefusesDamagedPayloads) {
  const Frame frame = encode(some_reply());
  for (std::size_t size = 0; size < frame.payload.size(); ++size) {
    EXPECT_FALSE(decode<RunReply>({frame.kind, frame.payload.substr(0, size)})) << size;
  }
  EXPECT_FALSE(decode<RunReply>({frame.kind, frame.payload + "x"}));
  Rng rng(5);
  for (int round = 0; round < 2000; ++round) {
    Frame damaged = frame;
    damaged.payload[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(frame.payload.size())))] =
        static_cast<char>(rng());
    // must return, without taking memory for lengths that can't be; what is taken is written as it was read
    const auto reply = decode<RunReply>(damaged);
    EXPECT_EQ(reply ? encode(*reply).payload : damaged.payload, damaged.payload);
  }
}

RunMessage some_run() {
  RunMessage message;
  message.settings = {.threads = 3, .repetition = {.incumbent_s = 0.5, .min_runs = 7}, .timeout_s = 2.5};
  message.symbol = "kernel";
  message.object = "ELF";
  message.packed = {{0, {{3, 0, 5}, {1, 1, 5}, {1, 0}, {2}}}};
  return message;
}

TEST(Protocol, IsWrittenAlikeOnEveryMachine) {
  const std::string_view expected(
      "\x05\x04\0\0\0\0\0\0\0text"                             // the error, its text
      "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\xe0\x3f"                   // one time: 0.5
      "\1\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0abc\0\0\0\0\0\0\0\0"  // cut short; outputs
      "\x15\xcd\x5b\7\0\0\0\0",                                // 123456789 bytes
      13 + 16 + 28 + 8);
  const RunReply reply{task::ErrorKind::wrong_answer, "text", {0.5}, true, {"abc", ""}, 123456789};
  EXPECT_EQ(encode(reply).payload, expected);
}

TEST(Protocol, CarriesARun) {
  const auto run = decode<RunMessage>(encode(some_run()));
  ASSERT_TRUE(run);
  EXPECT_EQ(run->settings.threads, 3);
  EXPECT_EQ(run->settings.repetition.incumbent_s, 0.5);
  EXPECT_EQ(run->settings.repetition.min_runs, 7);
  EXPECT_EQ(run->settings.repetition.max_runs, RepetitionRule{}.max_runs);
  EXPECT_EQ(run->settings.timeout_s, 2.5);
  EXPECT_EQ(run->packed, some_run().packed);
}

TEST(Protocol, RefusesEnumeratorsAndTruthsThatAreNone) {
  Frame reply = encode(some_reply());
  reply.payload[0] = task::kErrorKinds;
  EXPECT_FALSE(decode<RunReply>(reply));
  Frame task = encode(some_task());
  const std::size_t type = 8 + 8 + 1;  // after the number of arguments and the first one's name
  EXPECT_EQ(task.payload[type], static_cast<char>(DType::bf16));
  task.payload[type] = static_cast<char>(DType::f64) + 1;
  EXPECT_FALSE(decode<TaskMessage>(task));
  task = encode(some_task());
  const std::size_t is_output = type + 1 + 8 + 3 * 8;
  EXPECT_EQ(task.payload[is_output], 0);
  task.payload[is_output] = 2;
  EXPECT_FALSE(decode<TaskMessage>(task));
}

TEST(Protocol, NamesWhatCannotBeWorkedWith) {
  const auto with = [](auto message, const auto& change) {
    change(message);
    return message;
  };
  const auto negative = with(some_task(), [](TaskMessage& m) { m.arguments[0].shape[0] = -3; });
  EXPECT_EQ(problem_with(negative), "argument x of shape [-3, 0, 5]");
  const auto endless = with(some_task(), [](TaskMessage& m) { m.arguments[0].shape = {1 << 30, 1 << 30, 1 << 30}; });
  EXPECT_EQ(problem_with(endless), "argument x of shape [1073741824, 1073741824, 1073741824]");
  EXPECT_EQ(problem_with(with(some_task(), [](TaskMessage& m) { m.workspace_bytes = -1; })), "a workspace of -1 bytes");
  EXPECT_EQ(problem_with(some_task()), std::nullopt);

  const TaskMessage task = some_task();
  const std::string output(8, '\0');
  EXPECT_EQ(problem_with(ReferenceMessage{{output}, 0}, task), std::nullopt);
  EXPECT_EQ(problem_with(ReferenceMessage{{}, 0}, task), "a reference without output y");
  EXPECT_EQ(problem_with(ReferenceMessage{{"abc"}, 0}, task), "3 bytes of reference for output y, expected 8");
  EXPECT_EQ(problem_with(ReferenceMessage{{output, output}, 0}, task), "a reference of 2 outputs, expected 1");
  EXPECT_EQ(problem_with(ReferenceMessage{{output}, -1}, task), "a tolerance of -1");

  EXPECT_EQ(problem_with(some_run(), task), std::nullopt);
  const auto run = [&](const auto& change) { return problem_with(with(some_run(), change), task); };
  EXPECT_EQ(run([](RunMessage& m) { m.settings.threads = 0; }), "0 threads");
  EXPECT_EQ(run([](RunMessage& m) { m.settings.timeout_s = 0; }), "a time limit of 0 s");
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].argument = 2; }), "argument 2 of 2 in blocks");
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].argument = -1; }), "argument -1 of 2 in blocks");
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].argument = 1; }), "output y in blocks");
  const std::string other_blocks = "blocks that argument x has not";
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].layout.shape[2] = 6; }), other_blocks);
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].layout.block[2] = 0; }), other_blocks);
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].layout.block.pop_back(); }), other_blocks);
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].layout.outer = {1, 1}; }), other_blocks);
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].layout.outer = {1}; }), other_blocks);
  EXPECT_EQ(run([](RunMessage& m) { m.packed[0].layout.inner = {}; }), other_blocks);
  EXPECT_EQ(
      problem_with(RemeasureMessage{{}, {some_run(), with(some_run(), [](RunMessage& m) { m.settings.threads = -1; })}},
                   task),
      "-1 threads");
}

/// The two ends of a connection.
struct Sockets {
  std::vector<Socket> ends;
  Sockets() {
    int files[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, files), 0);
    for (const int file : files) ends.emplace_back(Descriptor(file));
  }
};

TEST(Frame, CrossesASocketWhateverItsSize) {
  Sockets sockets;
  for (const std::size_t size : {0, 1, 1000, 5'000'000}) {
    Frame sent{FrameKind::run, std::string(size, 'x')};
    if (size > 0) sent.payload.back() = 'y';
    std::thread sender([&] { EXPECT_EQ(send_frame(sockets.ends[0], sent), Transfer::done); });
    Frame received;
    EXPECT_EQ(receive_frame(sockets.ends[1], received, size), Transfer::done);
    sender.join();
    EXPECT_EQ(received.kind, FrameKind::run);
    EXPECT_EQ(received.payload, sent.payload);
  }
}

TEST(Frame, IsNotWaitedForBeyondTheDeadline) {
  Sockets sockets;
  Frame frame;
  EXPECT_EQ(receive_frame(sockets.ends[1], frame, 10, std::chrono::steady_clock::now()), Transfer::late);
  Frame huge{FrameKind::run, {}};
  huge.payload.resize(10'000'000, 'x');  // more than a socket holds
  EXPECT_EQ(send_frame(sockets.ends[0], huge, std::chrono::steady_clock::now()), Transfer::late);
}

TEST(Frame, ThatIsTooLongOrNoFrameIsMalformed) {
  Sockets sockets, others;
  Frame frame;
  EXPECT_EQ(send_frame(sockets.ends[0], {FrameKind::run, "abc"}), Transfer::done);
  EXPECT_EQ(receive_frame(sockets.ends[1], frame, 2), Transfer::malformed);
  EXPECT_EQ(others.ends[0].send("hello, this is not a frame", 26, kNoDeadline), Transfer::done);
  EXPECT_EQ(receive_frame(others.ends[1], frame, 100), Transfer::malformed);
}

TEST(Frame, TakesNoMemoryForWhatIsOnlyAnnounced) {
  Sockets sockets;
  const std::string_view header("twf2\4\0\0\0\0\0\0\0\0\0\0\x40", 16);  // 2^62 bytes
  EXPECT_EQ(sockets.ends[0].send(header.data(), header.size(), kNoDeadline), Transfer::done);
  Frame frame;
  EXPECT_EQ(receive_frame(sockets.ends[1], frame, ~std::uint64_t{0}, std::chrono::steady_clock::now()), Transfer::late);
}

TEST(Frame, FindsTheOtherEndClosed) {
  Sockets sockets;
  sockets.ends.erase(sockets.ends.begin());
  Frame frame;
  EXPECT_EQ(receive_frame(sockets.ends[0], frame, 10), Transfer::closed);
  EXPECT_EQ(send_frame(sockets.ends[0], {FrameKind::run, "x"}), Transfer::closed);
}

TEST(Greeting, TellsTheVersion) {
  Sockets sockets;
  std::uint32_t version = 0;
  EXPECT_EQ(send_greeting(sockets.ends[0], 77), Transfer::done);
  EXPECT_EQ(receive_greeting(sockets.ends[1], version, kNoDeadline), Transfer::done);
  EXPECT_EQ(version, 77U);
}

}  // namespace
}  // namespace tilewright::measure
