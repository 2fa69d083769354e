#include "base/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace tilewright {
namespace {

namespace fs = std::filesystem;

class File : public ::testing::Test {
 protected:
  File() { fs::create_directories(folder_); }
  ~File() override { fs::remove_all(folder_); }
  std::string message_of(const auto& action, Code expected) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), expected);
      return error.what();
    }
    return "no error";
  }
  const fs::path folder_ = fs::temp_directory_path() / fmt::format("tilewright_file_test_{}", ::getpid());
};

TEST_F(File, GivesBackWhatWasWritten) {
  const std::string bytes("a\0b\n", 4);
  write_file(folder_ / "x", bytes);
  EXPECT_EQ(read_file(folder_ / "x"), bytes);
  write_file(folder_ / "x", "shorter");
  EXPECT_EQ(read_file(folder_ / "x"), "shorter");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "left a temporary file behind";
}

TEST_F(File, NamesAFileThatIsMissing) {
  const fs::path path = folder_ / "missing";
  EXPECT_EQ(message_of([&] { read_file(path); }, Code::bad_input),
            "cannot read " + path.string() + ": No such file or directory");
}

TEST_F(File, RefusesToReadAFolder) {
  EXPECT_EQ(message_of([&] { read_file(folder_); }, Code::bad_input),
            "cannot read " + folder_.string() + ": it is a directory");
}

TEST_F(File, RefusesToReadADeviceThatNeverEnds) {
  EXPECT_EQ(message_of([&] { read_file("/dev/zero"); }, Code::bad_input), "cannot read /dev/zero: it is a device");
}

TEST_F(File, RefusesToWriteOverAFolder) {
  EXPECT_EQ(message_of([&] { write_file(folder_, "x"); }, Code::cannot_write),
            "cannot write " + folder_.string() + ": Is a directory");
}

TEST_F(File, NamesAFolderThatIsMissing) {
  const fs::path path = folder_ / "no" / "x";
  EXPECT_EQ(message_of([&] { write_file(path, "x"); }, Code::cannot_write),
            "cannot write " + path.string() + ": No such file or directory");
}

TEST_F(File, ReportsAFullDisk) {
  EXPECT_EQ(message_of([&] { write_file("/dev/full", "x"); }, Code::cannot_write),
            "cannot write /dev/full: No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace tilewright
