#include "base/append_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/rewrite.h"
#include "support/temporary_folder.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

constexpr AppendFile::Lines kLines{"songs", "--songs", "song ",
                                   [](std::string_view line) { return line.starts_with("song "); }};
const Patience kLittle{.seconds = 0.05};

AppendFile open_songs(const fs::path& path) { return AppendFile(path, kLines, kLittle); }

std::string error_of_opening(const fs::path& path, Code expected) {
  try {
    open_songs(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), expected);
    return error.what();
  }
  return "opened";
}

TEST(AppendFile, EndsATornLine) {
  const TemporaryFolder folder;
  for (const char* torn : {"song one\nsong t", "so"}) {  // killed at the second, and at the very first one
    write_file(folder / "x", torn);
    open_songs(folder / "x").append("song three");
    EXPECT_EQ(read_file(folder / "x"), std::string(torn) + "\nsong three\n");
  }
}

TEST(AppendFile, LeavesAFileAloneThatHoldsSomethingElse) {
  const TemporaryFolder folder;
  for (const std::string& other : {std::string("# a poem\n"), std::string("so\n"), std::string("\x08\x07\n\0\n", 5)}) {
    write_file(folder / "x", other);
    EXPECT_EQ(error_of_opening(folder / "x", Code::usage),
              (folder / "x").string() + " holds something else than songs; name another file");
    EXPECT_EQ(read_file(folder / "x"), other);
  }
}

TEST(AppendFile, AppendsAfterOneGoodLineWhateverElseThereIs) {
  const TemporaryFolder folder;
  write_file(folder / "x", "# a poem\nnoise\nsong one\nnoise\n");
  open_songs(folder / "x").append("song two");
  EXPECT_TRUE(read_file(folder / "x").ends_with("noise\nsong two\n"));
}

TEST(AppendFile, FollowsItsName) {
  const TemporaryFolder folder;
  AppendFile file = open_songs(folder / "new/x");
  file.append("song one");
  write_file(folder / "new/x", "song rewritten\n");
  file.append("song two");
  EXPECT_EQ(read_file(folder / "new/x"), "song rewritten\nsong two\n");
  fs::remove_all(folder / "new");
  file.append("song three");
  EXPECT_EQ(read_file(folder / "new/x"), "song three\n");
}

TEST(AppendFile, DoesNotAppendToWhatHasTakenItsPlace) {
  const TemporaryFolder folder;
  AppendFile file = open_songs(folder / "x");
  write_file(folder / "x", "a model");
  EXPECT_THROW(file.append("song one"), Error);
  EXPECT_EQ(read_file(folder / "x"), "a model");
}

TEST(AppendFile, SaysWhoHoldsTheFileAndGivesUp) {
  const TemporaryFolder folder;
  write_file(folder / "x", "");
  const Descriptor other(::open((folder / "x").c_str(), O_RDWR));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  EXPECT_EQ(
      error_of_opening(folder / "x", Code::cannot_write),
      fmt::format("cannot lock {}: held by base_test (process {}) for more than 0.05 s; end that, or name another "
                  "file",
                  (folder / "x").string(), ::getpid()));
}

TEST(AppendFile, WaitsForALockAndSaysSo) {
  const TemporaryFolder folder;
  write_file(folder / "x", "");
  std::optional<Descriptor> other(::open((folder / "x").c_str(), O_RDWR));
  ASSERT_EQ(::flock(other->get(), LOCK_EX), 0);
  std::string said;
  const auto give_back = [&](const std::string& text) {
    said = text;
    other.reset();
  };
  AppendFile(folder / "x", kLines, {.say = give_back}).append("song one");
  EXPECT_EQ(said, fmt::format("waiting for {}, held by base_test (process {})", (folder / "x").string(), ::getpid()));
  EXPECT_EQ(read_file(folder / "x"), "song one\n");
}

TEST(AppendFile, WritesIntoAPipe) {
  const TemporaryFolder folder;
  ::mkfifo((folder / "pipe").c_str(), 0600);
  const Descriptor reader(::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK));
  open_songs(folder / "pipe").append("song one");
  std::string got(9, '\0');
  EXPECT_EQ(::read(reader.get(), got.data(), got.size()), 9);
  EXPECT_EQ(got, "song one\n");
}

/// Appends what nobody else does, each line once.
void append_songs(const fs::path& path, int writer) {
  constexpr int kEach = 200;
  AppendFile file(path, kLines, {});
  for (int i = 0; i < kEach; ++i) file.append(fmt::format("song {} {}", writer, i));
}

/// Rewrites the file as it is, or takes it away: what it held then.
std::string rewrite_or_remove(const fs::path& path, bool is_to_go) {
  if (!fs::exists(path)) return "";
  const Rewrite rewrite(path, true, {});
  const std::string text = read_file(path);
  if (is_to_go && fs::remove(path)) return text;
  rewrite.write(text);
  return "";
}

TEST(AppendFile, LosesNothingWhileOthersRewriteAndRemoveTheFile) {
  const TemporaryFolder folder;
  const fs::path path = folder / "x";
  std::string removed;
  std::atomic<bool> done = false;
  std::thread rewriter([&] {
    for (int turn = 0; !done; ++turn) removed += rewrite_or_remove(path, turn % 8 == 7);
  });
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) writers.emplace_back(append_songs, path, writer);
  for (std::thread& writer : writers) writer.join();
  done = true;
  rewriter.join();
  std::istringstream lines(removed + (fs::exists(path) ? read_file(path) : ""));
  std::set<std::string> songs;
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) songs.insert(line);
  EXPECT_EQ(songs.size(), 800u);
  EXPECT_EQ(count, 800) << "some are there twice";
}

TEST(Rewrite, RefusesAFileThatAnotherMadeMeanwhile) {
  const TemporaryFolder folder;
  const Rewrite rewrite(folder / "x", false, {});
  open_songs(folder / "x").append("song one");
  EXPECT_THROW(rewrite.write("nothing"), Error);
  EXPECT_EQ(read_file(folder / "x"), "song one\n");
  EXPECT_EQ(folder.files(), 1);
}

TEST(Rewrite, LeavesNothingBehindThatWasNotWritten) {
  const TemporaryFolder folder;
  {
    const Rewrite rewrite(folder / "x", false, {});
  }
  EXPECT_EQ(folder.files(), 0);
}

}  // namespace
}  // namespace tilewright
