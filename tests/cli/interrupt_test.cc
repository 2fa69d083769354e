#include "cli/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "base/file.h"
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

[[noreturn]] void writes_into_a_full_pipe() {
  leave_nothing_when_interrupted();
  const Interrupt interrupt;
  int pipe[2];
  if (::pipe(pipe) != 0) std::_Exit(1);
  std::signal(SIGALRM, [](int) { std::raise(SIGTERM); });
  ::alarm(1);
  write_all(pipe[1], std::string(1 << 20, 'x'));
  std::_Exit(0);
}

TEST(Interrupt, EndsAWriteThatNobodyReads) {
  EXPECT_EXIT(writes_into_a_full_pipe(), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace tilewright::cli
