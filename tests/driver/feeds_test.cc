#include "driver/tensors/feeds.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

namespace tilewright::driver {
namespace {

namespace fs = std::filesystem;
using runtime::Tensor;

const std::vector<runtime::Port> kPorts{{"image", DType::f32, {1, 2}}, {"index", DType::i64, {}}};

std::string message_of(const auto& action, Code code = Code::bad_input) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "no error";
}

TEST(Feeds, AreTheSameForTheSameSeed) {
  const auto first = random_inputs(kPorts, 7), again = random_inputs(kPorts, 7), other = random_inputs(kPorts, 8);
  EXPECT_EQ(first.at("image").as<float>()[1], again.at("image").as<float>()[1]);
  EXPECT_NE(first.at("image").as<float>()[1], other.at("image").as<float>()[1]);
}

class FeedFiles : public ::testing::Test {
 protected:
  FeedFiles() { fs::create_directories(folder_); }
  ~FeedFiles() override { fs::remove_all(folder_); }
  const fs::path folder_ = fs::temp_directory_path() / fmt::format("tilewright_feeds_test_{}", ::getpid());
};

TEST_F(FeedFiles, RefuseANameThatComesTwice) {
  const std::vector<fs::path> files{folder_ / "a.npz", folder_ / "b.npz"};
  for (const fs::path& file : files) write_npz(file, {{"x", Tensor(DType::f32, {1})}});
  EXPECT_EQ(message_of([&] { read_tensors(files, kPorts); }),
            files[1].string() + ": tensor x was already given by another file");
}

TEST_F(FeedFiles, RefuseAnotherKindOfFile) {
  const std::vector<fs::path> files{"input.txt"};
  EXPECT_EQ(message_of([&] { read_tensors(files, kPorts); }, Code::usage),
            "input.txt: tensors are read from .npz and .pb files");
}

TEST_F(FeedFiles, TakeAnUnnamedTensorForTheInputAtItsPosition) {
  // TensorProto: dims (field 1) 1 and 2, data_type (2) 1 = float, raw_data (9) of 8 bytes.
  write_file(folder_ / "input_0.pb", std::string("\x08\x01\x08\x02\x10\x01\x4a\x08\0\0\x80\x3f\0\0\0\x40", 16));
  const std::vector<fs::path> files{folder_ / "input_0.pb"};
  const NamedTensors read = read_tensors(files, kPorts);
  ASSERT_EQ(read.count("image"), 1u);
  EXPECT_EQ(read.at("image").as<float>()[1], 2.0f);
}

TEST_F(FeedFiles, RefuseATensorFileCutShort) {
  write_file(folder_ / "input_0.pb", std::string("\x08\x01\x08\x02\x10\x01\x4a\x08\0\0\x80", 11));
  const std::vector<fs::path> files{folder_ / "input_0.pb"};
  EXPECT_EQ(message_of([&] { read_tensors(files, kPorts); }),
            files[0].string() + " is no ONNX tensor, or it is cut off (read 11 bytes)");
}

}  // namespace
}  // namespace tilewright::driver
