#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/files_read.h"
#include "support/temporary_folder.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

std::string error_of_writing(const fs::path& path, std::string_view bytes, Code expected) {
  try {
    write_file(path, bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), expected);
    return error.what();
  }
  return "written";
}

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  ::stat(path.c_str(), &status);
  return status.st_mode & 07777;
}

TEST(WriteFile, KeepsTheModeOfWhatItReplaces) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old");
  ::chmod((folder / "x").c_str(), 0640);
  write_file(folder / "x", "new");
  EXPECT_EQ(read_file(folder / "x"), "new");
  EXPECT_EQ(mode_of(folder / "x"), 0640u);
}

TEST(WriteFile, GivesANewFileTheModeThatTheUserLikes) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  write_file(folder / "x", "new");
  ::umask(before);
  EXPECT_EQ(mode_of(folder / "x"), 0640u);
}

TEST(WriteFile, WritesThroughALink) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "elsewhere");
  for (const char* target : {"elsewhere/x", "elsewhere/not_yet"}) {
    if (std::string(target).ends_with("x")) write_file(folder / target, "old");
    const fs::path link = folder / "link";
    fs::create_symlink(target, link);
    write_file(link, "new");
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(read_file(folder / target), "new");
    fs::remove(link);
  }
}

TEST(WriteFile, RefusesALinkThatLeadsNowhere) {
  const TemporaryFolder folder;
  fs::create_symlink("loop", folder / "loop");
  EXPECT_NE(error_of_writing(folder / "loop", "x", Code::cannot_write).find("Too many levels of symbolic links"),
            std::string::npos);
}

TEST(WriteFile, LeavesRoomForTheLongestName) {
  const TemporaryFolder folder;
  const fs::path path = folder / std::string(255, 'n');
  write_file(path, "old");
  write_file(path, "new");
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(folder.files(), 1);
}

TEST(WriteFile, WritesIntoAPipe) {
  const TemporaryFolder folder;
  ::mkfifo((folder / "pipe").c_str(), 0600);
  std::string got(100'000, '\0');
  std::thread reader([&] {
    const Descriptor pipe(::open((folder / "pipe").c_str(), O_RDONLY));
    std::size_t filled = 0;
    for (ssize_t more = 1; more > 0; filled += static_cast<std::size_t>(more))
      more = ::read(pipe.get(), got.data() + filled, got.size() - filled);
  });
  const std::string bytes(100'000, 'x');
  write_file(folder / "pipe", bytes);
  reader.join();
  EXPECT_EQ(got, bytes);
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
}

TEST(WriteFile, GoesOnWhereAnOpenFileIs) {
  const TemporaryFolder folder;
  const Descriptor file(::open((folder / "x").c_str(), O_WRONLY | O_CREAT, 0600));
  ASSERT_TRUE(write_all(file.get(), "before "));
  write_file(fmt::format("/dev/fd/{}", file.get()), "between ");
  ASSERT_TRUE(write_all(file.get(), "after"));
  EXPECT_EQ(read_file(folder / "x"), "before between after");
}

TEST(WriteFile, RefusesToReplaceWhatTheCommandReads) {
  const TemporaryFolder folder;
  write_file(folder / "x", "weights");
  fs::create_hard_link(folder / "x", folder / "other_name");
  const FilesRead command;
  struct stat status{};
  ::stat((folder / "x").c_str(), &status);
  note_read(status);
  EXPECT_EQ(error_of_writing(folder / "other_name", "new", Code::usage),
            "cannot write " + (folder / "other_name").string() + ": this command reads it, too; name another file");
  EXPECT_EQ(read_file(folder / "x"), "weights");
}

/// The limit is for good, so this ends the process.
[[noreturn]] void write_more_than_fits(const fs::path& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000, 1000};
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string error = error_of_writing(path, std::string(2000, 'x'), Code::cannot_write);
  std::_Exit(error == "cannot write " + path.string() + ": File too large" ? 0 : 1);
}

TEST(WriteFile, KeepsTheOldContentIfTheNewDoesNotFit) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old");
  EXPECT_EXIT(write_more_than_fits(folder / "x"), testing::ExitedWithCode(0), "");
  EXPECT_EQ(read_file(folder / "x"), "old");
  EXPECT_EQ(folder.files(), 1);
}

}  // namespace
}  // namespace tilewright
