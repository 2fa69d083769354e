#include "driver/npz.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "driver/npy.h"

namespace tilewright::driver {
namespace {

namespace fs = std::filesystem;
using runtime::Tensor;

std::string npy(std::string_view header, std::string_view data = "") {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += {static_cast<char>(header.size()), '\0'};
  return bytes.append(header).append(data);
}

TEST(Npy, GivesBackEveryTypeAndShape) {
  const std::vector<std::vector<std::int64_t>> shapes{{}, {0}, {5}, {2, 3}, {1, 3, 1, 7}};
  for (DType type : {DType::boolean, DType::i8, DType::u8, DType::i32, DType::i64, DType::f32, DType::f64})
    for (const auto& shape : shapes) {
      Tensor tensor(type, shape);
      auto* bytes = static_cast<unsigned char*>(tensor.data());
      for (std::int64_t i = 0; i < tensor.bytes(); ++i) bytes[i] = static_cast<unsigned char>(i);
      const Result<Tensor> read = parse_npy(to_npy(tensor));
      ASSERT_TRUE(read) << read.message();
      EXPECT_EQ(read->type(), type);
      EXPECT_EQ(read->shape(), shape);
      EXPECT_EQ(std::memcmp(read->data(), tensor.data(), static_cast<std::size_t>(tensor.bytes())), 0);
    }
}

TEST(Npy, AlignsItsDataAsNumPyDoes) { EXPECT_EQ((to_npy(Tensor(DType::f32, {3})).size() - 12) % 64, 0u); }

struct BadArray {
  const char* name;
  std::string bytes, message;
};
class NpyRefuses : public ::testing::TestWithParam<BadArray> {};
TEST_P(NpyRefuses, WithAMessage) {
  const Result<Tensor> read = parse_npy(GetParam().bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.message(), GetParam().message);
}
const std::string kFloats = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
INSTANTIATE_TEST_SUITE_P(
    Npy, NpyRefuses,
    ::testing::Values(
        BadArray{"Nothing", "", "is not an array in .npy format"},
        BadArray{"AlienBytes", "PK and more of that kind", "is not an array in .npy format"},
        BadArray{"AHeaderCutShort", npy(kFloats).substr(0, 30), "is not an array in .npy format"},
        BadArray{"AHeaderWithoutShape", npy("{'descr': '<f4', 'fortran_order': False, }"),
                 "has an incomplete .npy header"},
        BadArray{"ColumnMajorData", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "12345678"),
                 "is column-major; save it with numpy.ascontiguousarray"},
        BadArray{
            "BigEndianData", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "12345678"),
            "has element type '>f4', known are little-endian float32, float64, int32, int64, int8, uint8 and bool"},
        BadArray{"AShapeLargerThanMemory",
                 npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }"),
                 "has an impossible shape (9999999999, 9999999999)"},
        BadArray{"DataCutShort", npy(kFloats, "1234567"), "is cut short: 7 bytes of data, its shape needs 8"}),
    [](const auto& row) { return row.param.name; });

class Npz : public ::testing::Test {
 protected:
  Npz() { fs::create_directories(folder_); }
  ~Npz() override { fs::remove_all(folder_); }
  std::string message_of_reading(const fs::path& path) {
    try {
      read_npz(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::bad_input);
      return error.what();
    }
    return "no error";
  }
  const fs::path folder_ = fs::temp_directory_path() / fmt::format("tilewright_npz_test_{}", ::getpid());
  const fs::path path_ = folder_ / "x.npz";
};

TEST_F(Npz, GivesBackItsTensorsByName) {
  Tensor x(DType::f32, {2}), y(DType::i64, {1, 1});
  x.as<float>()[1] = 2.5f;
  y.as<std::int64_t>()[0] = -7;
  write_npz(path_, {{"x", x}, {"layer/y:0", y}});
  const NamedTensors read = read_npz(path_);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read.at("x").as<float>()[1], 2.5f);
  EXPECT_EQ(read.at("layer/y:0").as<std::int64_t>()[0], -7);
}

TEST_F(Npz, RefusesAFileThatIsNoArchive) {
  write_file(path_, "something else");
  EXPECT_EQ(message_of_reading(path_), path_.string() + " is not an .npz file: Not a zip archive");
}

TEST_F(Npz, RefusesAnArchiveCutShort) {
  write_npz(path_, {{"x", Tensor(DType::f32, {100})}});
  const std::string bytes = read_file(path_);
  write_file(path_, std::string_view(bytes).substr(0, bytes.size() / 2));
  EXPECT_EQ(message_of_reading(path_), path_.string() + " is not an .npz file: Not a zip archive");
}

TEST_F(Npz, NamesTheArrayThatIsDamaged) {
  write_npz(path_, {{"x", Tensor(DType::f32, {100})}});
  std::string bytes = read_file(path_);
  bytes[bytes.find("fortran_order") + 20] ^= 1;  // the checksum no longer fits
  write_file(path_, bytes);
  EXPECT_EQ(message_of_reading(path_), "array x of " + path_.string() + ": damaged: CRC error");
}

TEST_F(Npz, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  EXPECT_THROW(write_npz("/dev/full", {{"x", Tensor(DType::f32, {100})}}), Error);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace tilewright::driver
