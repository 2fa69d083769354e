#include "base/input_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/line_reader.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

class InputFiles : public ::testing::Test {
 protected:
  InputFiles() {
    fs::create_directories(folder_ / "model/deep");
    write_file(folder_ / "secret", "secret");
  }
  ~InputFiles() override { fs::remove_all(folder_); }
  static std::string why_not(const fs::path& path) {
    const Result<InputFile> file = open_input(path);
    return file ? "opened" : file.message();
  }
  std::string why_not_inside(const fs::path& relative, Links links = Links::refused) const {
    const Result<InputFile> file = open_input_inside(folder_ / "model", relative, links);
    return file ? "opened" : file.message();
  }
  const fs::path folder_ = fs::temp_directory_path() / fmt::format("tilewright_input_test_{}", ::getpid());
};

TEST_F(InputFiles, AreRegularFilesAndNothingElse) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  (folder_ / "socket").native().copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(why_not(folder_ / "secret"), "opened");
  EXPECT_EQ(why_not(folder_), "it is a directory");
  EXPECT_EQ(why_not(folder_ / "pipe"), "it is a pipe; save what comes out of it as a file");  // and does not wait
  EXPECT_EQ(why_not(folder_ / "socket"), "it is no regular file");
  EXPECT_EQ(why_not("/dev/zero"), "it is a device");
  EXPECT_EQ(why_not(folder_ / "missing"), "No such file or directory");
  ::close(socket);
}

TEST_F(InputFiles, ThatAreTooLargeAreNotRead) {
  fs::resize_file(folder_ / "secret", std::uintmax_t{6} << 30);  // sparse
  const Result<InputFile> file = open_input(folder_ / "secret");
  ASSERT_TRUE(file);
  const Result<std::string> bytes = read_all(*file, kMostFileBytes);
  EXPECT_EQ(bytes.message(), "it has 6442450944 bytes, at most 2147483647 are read");
}

TEST_F(InputFiles, OfTheKernelStateNoSizeAndAreReadToTheirEnd) {
  const Result<InputFile> file = open_input("/proc/self/status");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->bytes(), 0);
  EXPECT_GT(read_all(*file, 1 << 20)->size(), 100u);
  EXPECT_EQ(read_all(*file, 10).message(), "it has more than 10 bytes, which is the most that is read");
}

TEST_F(InputFiles, InsideOfAFolderAreThere) {
  write_file(folder_ / "model/weights", "0123");
  write_file(folder_ / "model/deep/weights", "4567");
  EXPECT_EQ(why_not_inside("weights"), "opened");
  EXPECT_EQ(why_not_inside("deep/weights"), "opened");
  EXPECT_EQ(why_not_inside("./deep/weights"), "opened");
  EXPECT_EQ(why_not_inside("missing/weights"), "No such file or directory");
  EXPECT_EQ(why_not_inside("deep"), "it is a directory");
  for (const fs::path outside : {"../secret", "deep/../../secret", "..", "", "deep/"})
    EXPECT_NE(why_not_inside(outside), "opened") << outside;
  EXPECT_NE(why_not_inside(folder_ / "secret"), "opened");
}

TEST_F(InputFiles, InsideOfAFolderAreReachedThroughNoLinks) {
  fs::create_symlink(folder_ / "secret", folder_ / "model/link");
  fs::create_directory_symlink(folder_, folder_ / "model/up");
  fs::create_hard_link(folder_ / "secret", folder_ / "model/hard");
  EXPECT_EQ(why_not_inside("link"), "it is a symbolic link, which may lead outside of the folder");
  EXPECT_EQ(why_not_inside("up/secret"), "a folder on the way is a link, or none");
  EXPECT_EQ(why_not_inside("hard"), "it has a second name (a hard link), which may lie outside of the folder");
  for (const char* name : {"link", "up/secret", "hard"}) EXPECT_EQ(why_not_inside(name, Links::followed), "opened");
}

TEST_F(InputFiles, GiveLinesNoLongerThanAllowed) {
  write_file(folder_ / "lines", "a\n\n" + std::string(200000, 'x') + "\nlast");
  LineReader lines(std::move(*open_input(folder_ / "lines")), 10);
  LineReader::Line line;
  std::vector<std::string> texts;
  std::vector<bool> too_long, ended;
  while (*lines.next(line)) {
    texts.emplace_back(line.text);
    too_long.push_back(line.too_long);
    ended.push_back(line.ended);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"a", "", "xxxxxxxxxx", "last"}));
  EXPECT_EQ(too_long, (std::vector<bool>{false, false, true, false}));
  EXPECT_EQ(ended, (std::vector<bool>{true, true, true, false}));
}

}  // namespace
}  // namespace tilewright
