#include "graph/tensor_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "graph/array.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

class TensorFile : public testing::Test {
 protected:
  TensorFile()
      : path_(std::filesystem::temp_directory_path() / ("tilewright_tensor_" + std::to_string(::getpid()) + ".pb")) {}
  ~TensorFile() override { std::filesystem::remove(path_); }
  NamedTensor read(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return read_tensor_file(path_);
  }
  std::string message_of(const std::string& bytes) const {
    try {
      read(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::bad_input);
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }
  std::filesystem::path path_;
};

TEST_F(TensorFile, GivesNameAndValue) {
  const NamedTensor tensor = read(to_proto("data", counting({2, 3})).SerializeAsString());
  EXPECT_EQ(tensor.name, "data");
  expect_near(to_array(tensor.value), counting({2, 3}));
}

TEST_F(TensorFile, ReadsEveryElementType) {
  struct Stored {
    int type;
    DType expected;
  };
  for (const auto& [type, expected] :
       {Stored{onnx::TensorProto::DOUBLE, DType::f64}, Stored{onnx::TensorProto::INT32, DType::i32},
        Stored{onnx::TensorProto::INT64, DType::i64}, Stored{onnx::TensorProto::BOOL, DType::boolean},
        Stored{onnx::TensorProto::INT8, DType::i8}, Stored{onnx::TensorProto::UINT8, DType::u8},
        Stored{onnx::TensorProto::BFLOAT16, DType::bf16}}) {
    onnx::TensorProto proto;
    proto.set_data_type(type);
    proto.add_dims(2);
    for (const int v : {0, 1}) {
      if (type == onnx::TensorProto::DOUBLE)
        proto.add_double_data(v);
      else if (type == onnx::TensorProto::INT64)
        proto.add_int64_data(v);
      else
        proto.add_int32_data(type == onnx::TensorProto::BFLOAT16 ? v * 0x3f80 : v);  // 1 in bfloat16
    }
    expect_near(to_array(read(proto.SerializeAsString()).value), array({2}, {0, 1}, expected));
  }
}

TEST_F(TensorFile, RefusesBytesThatAreNoTensor) {
  EXPECT_NE(message_of("neither fish nor fowl").find("is no ONNX tensor"), std::string::npos);
  EXPECT_NE(message_of("").find("is no ONNX tensor"), std::string::npos);
}

TEST_F(TensorFile, RefusesTooFewElements) {
  onnx::TensorProto proto = to_proto("data", counting({3}));
  proto.set_dims(0, 4);
  EXPECT_NE(message_of(proto.SerializeAsString()).find("tensor 'data': 3 elements stored, its shape 4 has 4"),
            std::string::npos);
}

TEST_F(TensorFile, RefusesMoreBytesThanAnIntCounts) {
  if (std::getenv("TILEWRIGHT_LARGE_TESTS") == nullptr)
    GTEST_SKIP() << "needs 6 GiB of memory; set TILEWRIGHT_LARGE_TESTS to run it";
  // dims (field 1) {0}, data_type (2) INT64, int64_data (7) packed: 2^29 elements of a byte, whose bytes in memory are
  // 0 modulo 2^32, as its shape needs.
  std::string bytes("\x08\x00\x10\x07\x3a\x80\x80\x80\x80\x02", 10);
  bytes.resize(bytes.size() + (std::size_t{1} << 29), '\0');
  EXPECT_NE(message_of(bytes).find("536870912 elements stored, its shape 0 has 0"), std::string::npos);
}

TEST_F(TensorFile, HasOneForTrue) {
  onnx::TensorProto proto;
  proto.set_data_type(onnx::TensorProto::BOOL);
  proto.add_dims(3);
  proto.set_raw_data(std::string("\x00\x01\xfd", 3));
  const auto bytes_of = [&] {
    const NamedTensor tensor = read(proto.SerializeAsString());
    const auto bools = tensor.value.as<std::uint8_t>();
    return std::vector<int>(bools.begin(), bools.end());
  };
  EXPECT_EQ(bytes_of(), (std::vector<int>{0, 1, 1}));
  proto.clear_raw_data();
  for (const int value : {0, 256, -3}) proto.add_int32_data(value);
  EXPECT_EQ(bytes_of(), (std::vector<int>{0, 1, 1}));
}

TEST_F(TensorFile, RefusesImpossibleDimensions) {
  onnx::TensorProto proto = to_proto("data", counting({3}));
  for (const std::int64_t extent : {std::int64_t{-3}, std::int64_t{1} << 41}) {
    proto.set_dims(0, extent);
    EXPECT_NE(message_of(proto.SerializeAsString()).find("is impossible"), std::string::npos);
  }
  proto.set_dims(0, std::int64_t{1} << 39);  // not even tried
  EXPECT_NE(message_of(proto.SerializeAsString()).find("can be indexed"), std::string::npos);
}

TEST(Arrays, KeepEveryTypesValues) {
  for (const DType type :
       {DType::boolean, DType::i8, DType::u8, DType::i32, DType::i64, DType::bf16, DType::f32, DType::f64})
    expect_near(to_array(to_tensor(array({2}, {0, 1}, type))), array({2}, {0, 1}, type));
}

TEST(Arrays, RoundToBfloat16HalfToEven) {
  const te::Array rounded = to_array(to_tensor(array({3}, {1 + 0x1p-8, 1 + 0x3p-8, -0.1}, DType::bf16)));
  EXPECT_EQ(rounded.values[0], 1);
  EXPECT_EQ(rounded.values[1], 1 + 0x1p-6);
  EXPECT_NEAR(rounded.values[2], -0.1, 0.1 * 0x1p-8);
}

}  // namespace
}  // namespace tilewright::graph
