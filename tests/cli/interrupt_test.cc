#include "cli/interrupt.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/file.h"
#include "base/file_lock.h"
#include "base/interruption.h"
#include "base/replacement.h"
#include "support/temporary_folder.h"

namespace tilewright::cli {
namespace {

[[noreturn]] void is_interrupted_while_writing(const std::filesystem::path& path, int signal) {
  leave_nothing_when_interrupted();
  Replacement replacement(*output_target(path), path);
  const std::string_view half = "half of what is new";
  replacement.write(std::span(&half, 1));
  std::raise(signal);
  std::_Exit(0);
}

TEST(Interrupt, RemovesWhatIsUnfinished) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old");
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(is_interrupted_while_writing(folder / "x", signal), testing::KilledBySignal(signal), "");
    EXPECT_EQ(folder.files(), 1);
    EXPECT_EQ(read_file(folder / "x"), "old");
  }
}

[[noreturn]] void is_interrupted(bool while_waiting) {
  leave_nothing_when_interrupted();
  const Interrupt interrupt;
  std::raise(SIGINT);
  std::raise(SIGINT);  // the same wish
  if (!interrupt.raised()) std::_Exit(1);
  if (while_waiting) {
    const MayWait wait;
    std::raise(SIGINT);
  }
  std::_Exit(0);
}

TEST(Interrupt, EndsAWaitButNotWork) {
  EXPECT_EXIT(is_interrupted(/*while_waiting=*/false), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(is_interrupted(/*while_waiting=*/true), testing::KilledBySignal(SIGINT), "");
}

/// Raises a signal soon: again and again, as it is a flag only as long as nothing is waited for.
void interrupt_soon() {
  std::signal(SIGALRM, [](int) { std::raise(SIGTERM); });
  const itimerval every{{0, 50'000}, {0, 50'000}};
  ::setitimer(ITIMER_REAL, &every, nullptr);
}

[[noreturn]] void writes_into_a_full_pipe() {
  leave_nothing_when_interrupted();
  const Interrupt interrupt;
  int pipe[2];
  if (::pipe(pipe) != 0) std::_Exit(1);
  interrupt_soon();
  write_all(pipe[1], std::string(1 << 20, 'x'));
  std::_Exit(0);
}

TEST(Interrupt, EndsAWriteThatNobodyReads) {
  EXPECT_EXIT(writes_into_a_full_pipe(), testing::KilledBySignal(SIGTERM), "");
}

[[noreturn]] void waits_for_a_lock(const std::filesystem::path& path) {
  leave_nothing_when_interrupted();
  const Interrupt interrupt;
  const Descriptor owner(::open(path.c_str(), O_RDWR)), other(::open(path.c_str(), O_RDWR));
  const FileLock held(owner, path, {});
  interrupt_soon();
  const FileLock wanted(other, path, {.seconds = 1e9});
  std::_Exit(0);
}

TEST(Interrupt, EndsTheWaitForALock) {
  const TemporaryFolder folder;
  write_file(folder / "x", "");
  EXPECT_EXIT(waits_for_a_lock(folder / "x"), testing::KilledBySignal(SIGTERM), "");
}

[[noreturn]] void waits_for_a_reader(const std::filesystem::path& path) {
  leave_nothing_when_interrupted();
  const Interrupt interrupt;
  interrupt_soon();
  write_file(path, "x");
  std::_Exit(0);
}

TEST(Interrupt, EndsTheWaitForTheReaderOfAPipe) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EXIT(waits_for_a_reader(folder / "pipe"), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace tilewright::cli
