#include "driver/tensors/npz.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "driver/tensors/npy.h"

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
      const std::string npy = to_npy(tensor);
      const Result<NpyHeader> read = parse_npy_header(npy);
      ASSERT_TRUE(read) << read.message();
      EXPECT_EQ(read->type, type);
      EXPECT_EQ(read->shape, shape);
      ASSERT_EQ(read->begin + read->bytes, std::ssize(npy));
      EXPECT_EQ(std::memcmp(&npy[static_cast<std::size_t>(read->begin)], tensor.data(),
                            static_cast<std::size_t>(tensor.bytes())),
                0);
    }
}

TEST(Npy, AlignsItsDataAsNumPyDoes) { EXPECT_EQ((to_npy(Tensor(DType::f32, {3})).size() - 12) % 64, 0u); }

struct BadArray {
  const char* name;
  std::string bytes, message;
};
class NpyRefuses : public ::testing::TestWithParam<BadArray> {};
TEST_P(NpyRefuses, WithAMessage) {
  const Result<NpyHeader> read = parse_npy_header(GetParam().bytes);
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
                 "has an impossible shape (9999999999, 9999999999)"}),
    [](const auto& row) { return row.param.name; });

class Npz : public ::testing::Test {
 protected:
  Npz() { fs::create_directories(folder_); }
  ~Npz() override { fs::remove_all(folder_); }
  std::string message_of_reading(const fs::path& path) {
    try {
      read_npz(path, kPorts);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::bad_input);
      return error.what();
    }
    return "no error";
  }
  /// Writes `npy` as the only array of a file, x, packed.
  void write_packed(const std::string& npy) const {
    zip_t* const archive = zip_open(path_.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    zip_file_add(archive, "x.npy", zip_source_buffer(archive, npy.data(), npy.size(), 0), 0);
    ASSERT_EQ(zip_close(archive), 0);
  }
  const std::vector<runtime::Port> kPorts{{"x", DType::f32, {100}}};
  const fs::path folder_ = fs::temp_directory_path() / fmt::format("tilewright_npz_test_{}", ::getpid());
  const fs::path path_ = folder_ / "x.npz";
};

TEST_F(Npz, GivesBackItsTensorsByName) {
  Tensor x(DType::f32, {2}), y(DType::i64, {1, 1});
  x.as<float>()[1] = 2.5f;
  y.as<std::int64_t>()[0] = -7;
  write_npz(path_, {{"x", x}, {"layer/y:0", y}});
  const std::vector<runtime::Port> ports{{"x", DType::f32, {2}}, {"layer/y:0", DType::i64, {1, 1}}};
  const NamedTensors read = read_npz(path_, ports);
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

TEST_F(Npz, ReadsNoDataThatNoPortAsksFor) {
  constexpr std::int64_t kMany = std::int64_t{1} << 40;  // 4 TiB, if the header is believed
  const std::string huge = npy(fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}", kMany));
  write_packed(huge);
  const NamedTensors read = read_npz(path_, kPorts);
  EXPECT_EQ(read.at("x").shape(), (std::vector<std::int64_t>{kMany}));
  EXPECT_EQ(read.at("x").data(), nullptr);
  const std::vector<runtime::Port> arrays = npz_arrays(path_);
  ASSERT_EQ(arrays.size(), 1u);
  EXPECT_EQ(arrays[0].name, "x");
  EXPECT_EQ(arrays[0].type, DType::f32);
}

TEST_F(Npz, ReadsAnotherTypeOfTheSameShape) {
  write_npz(path_, {{"x", Tensor(DType::f64, {100})}});
  EXPECT_EQ(read_npz(path_, kPorts).at("x").bytes(), 800);
}

TEST_F(Npz, RefusesDataThatIsNotAsLongAsItsShapeNeeds) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (100,), }";
  write_packed(npy(header, std::string(399, 'x')));
  EXPECT_EQ(message_of_reading(path_),
            "array x of " + path_.string() + " is cut short: 399 bytes of data, its shape needs 400");
  for (const std::size_t more : {1u, 1u << 20}) {
    write_packed(npy(header, std::string(400 + more, 'x')));
    EXPECT_EQ(message_of_reading(path_),
              "array x of " + path_.string() + " has more data than the 400 bytes that its shape needs");
  }
}

TEST_F(Npz, HasOneByteForTrue) {
  write_packed(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", std::string("\x00\x01\xfd", 3)));
  const std::vector<runtime::Port> ports{{"x", DType::boolean, {3}}};
  const NamedTensors read = read_npz(path_, ports);
  const auto bools = read.at("x").as<std::uint8_t>();
  EXPECT_EQ(std::vector<int>(bools.begin(), bools.end()), (std::vector<int>{0, 1, 1}));
}

TEST_F(Npz, IsNoDirectoryAndNoPipe) {
  EXPECT_EQ(message_of_reading(folder_), "cannot read " + folder_.string() + ": it is a directory");
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(message_of_reading(path_),
            "cannot read " + path_.string() + ": it is a pipe; save what comes out of it as a file");
}

TEST_F(Npz, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  EXPECT_THROW(write_npz("/dev/full", {{"x", Tensor(DType::f32, {100})}}), Error);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace tilewright::driver
