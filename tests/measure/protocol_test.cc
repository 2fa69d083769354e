#include "measure/protocol/protocol.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/rng.h"

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
    decode<RunReply>(damaged);  // must return, without taking memory for lengths that can't be
  }
}

/// The two ends of a connection.
struct Sockets {
  int ends[2];
  Sockets() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
  ~Sockets() {
    close(ends[0]);
    close(ends[1]);
  }
};

TEST(Frame, CrossesASocketWhateverItsSize) {
  const Sockets sockets;
  for (const std::size_t size : {0, 1, 1000, 5'000'000}) {
    const Frame sent{FrameKind::run, std::string(size, 'x')};
    std::thread sender([&] { EXPECT_EQ(send_frame(sockets.ends[0], sent), Transfer::done); });
    Frame received;
    EXPECT_EQ(receive_frame(sockets.ends[1], received, size), Transfer::done);
    sender.join();
    EXPECT_EQ(received.kind, FrameKind::run);
    EXPECT_EQ(received.payload, sent.payload);
  }
}

TEST(Frame, IsNotWaitedForBeyondTheDeadline) {
  const Sockets sockets;
  Frame frame;
  EXPECT_EQ(receive_frame(sockets.ends[1], frame, 10, std::chrono::steady_clock::now()), Transfer::late);
  const Frame huge{FrameKind::run, std::string(10'000'000, 'x')};  // more than a socket holds
  EXPECT_EQ(send_frame(sockets.ends[0], huge, std::chrono::steady_clock::now()), Transfer::late);
}

TEST(Frame, ThatIsTooLongOrNoFrameIsMalformed) {
  const Sockets sockets;
  Frame frame;
  EXPECT_EQ(send_frame(sockets.ends[0], {FrameKind::run, "abc"}), Transfer::done);
  EXPECT_EQ(receive_frame(sockets.ends[1], frame, 2), Transfer::malformed);
  const Sockets others;
  EXPECT_EQ(write(others.ends[0], "hello, this is not a frame", 26), 26);
  EXPECT_EQ(receive_frame(others.ends[1], frame, 100), Transfer::malformed);
}

TEST(Frame, FindsTheOtherEndClosed) {
  Sockets sockets;
  close(sockets.ends[0]);
  Frame frame;
  EXPECT_EQ(receive_frame(sockets.ends[1], frame, 10), Transfer::closed);
  EXPECT_EQ(send_frame(sockets.ends[1], {FrameKind::run, "x"}), Transfer::closed);
  sockets.ends[0] = dup(sockets.ends[1]);  // so that there is something to close
}

}  // namespace
}  // namespace tilewright::measure
