// .pb files: ONNX's TensorProto.
#include "graph/tensor_file.h"

#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include "memory_file.h"
#include "mutate_message.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

/// Two elements of `type`, as raw bytes or in the field of that type; or in another file.
std::string two_elements(int type, bool raw) {
  onnx::TensorProto proto;
  proto.set_name("x");
  proto.set_data_type(type);
  proto.add_dims(2);
  proto.add_dims(1);
  if (raw) {
    const std::size_t bytes = type == onnx::TensorProto::INT64 || type == onnx::TensorProto::DOUBLE ? 8 : 4;
    proto.set_raw_data(std::string(2 * bytes, '\1'));
  } else {
    for (int i = 0; i < 2; ++i) {
      if (type == onnx::TensorProto::FLOAT)
        proto.add_float_data(1);
      else if (type == onnx::TensorProto::DOUBLE)
        proto.add_double_data(1);
      else if (type == onnx::TensorProto::INT64)
        proto.add_int64_data(1);
      else
        proto.add_int32_data(1);
    }
  }
  return proto.SerializeAsString();
}

std::string elsewhere() {
  onnx::TensorProto proto;
  proto.set_data_type(onnx::TensorProto::FLOAT);
  proto.set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] : {std::pair("location", "w"), {"offset", "4"}, {"length", "8"}}) {
    onnx::StringStringEntryProto* entry = proto.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  return proto.SerializeAsString();
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> files{elsewhere()};
  for (const int type : {onnx::TensorProto::FLOAT, onnx::TensorProto::DOUBLE, onnx::TensorProto::INT32,
                         onnx::TensorProto::INT64, onnx::TensorProto::BOOL, onnx::TensorProto::INT8,
                         onnx::TensorProto::UINT8, onnx::TensorProto::BFLOAT16, onnx::TensorProto::FLOAT16})
    for (const bool raw : {false, true}) files.push_back(two_elements(type, raw));
  return files;
}

void test_one_input(std::string_view input) {
  const MemoryFile file(input);
  try {
    const graph::NamedTensor tensor = graph::read_tensor_file(file.path());
    TW_CHECK(tensor.value.elements() == 0 || tensor.value.data() != nullptr);
  } catch (const Error&) {
  }
}

void mutate_form(std::string& input, Rng& rng) {
  const google::protobuf::LogSilencer quiet;
  onnx::TensorProto proto;
  if (!proto.ParseFromString(input)) return;
  mutate_message(proto, rng);
  input = proto.SerializePartialAsString();
}

}  // namespace tilewright::fuzz
