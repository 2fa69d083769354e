#include "graph/onnx/tensor.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "base/shape_text.h"
#include "graph/graph.h"
#include "graph/op.h"

namespace tilewright::graph {
namespace {

Shape shape_of(const onnx::TensorProto& proto) { return {proto.dims().begin(), proto.dims().end()}; }

template <class T>
void copy(const auto& stored, runtime::Tensor& tensor) {
  std::ranges::transform(stored, tensor.as<T>().begin(), [](auto value) { return static_cast<T>(value); });
}

/// Elements in the fields that hold values one by one.
std::int64_t stored_elements(const onnx::TensorProto& proto, DType type) {
  switch (type) {
    case DType::f32:
      return proto.float_data_size();
    case DType::f64:
      return proto.double_data_size();
    case DType::i64:
      return proto.int64_data_size();
    default:
      return proto.int32_data_size();
  }
}

/// There are as many elements as the shape has.
runtime::Tensor read_typed_fields(const onnx::TensorProto& proto, DType type) {
  runtime::Tensor tensor(type, shape_of(proto));
  switch (type) {
    case DType::f32:
      copy<float>(proto.float_data(), tensor);
      break;
    case DType::f64:
      copy<double>(proto.double_data(), tensor);
      break;
    case DType::i64:
      copy<std::int64_t>(proto.int64_data(), tensor);
      break;
    case DType::i32:
      copy<std::int32_t>(proto.int32_data(), tensor);
      break;
    case DType::bf16:  // its bits
      copy<std::uint16_t>(proto.int32_data(), tensor);
      break;
    case DType::i8:
      copy<std::int8_t>(proto.int32_data(), tensor);
      break;
    case DType::u8:
      copy<std::uint8_t>(proto.int32_data(), tensor);
      break;
    case DType::boolean:
      copy<bool>(proto.int32_data(), tensor);
  }
  return tensor;
}

/// Bytes that a tensor of this type and shape has; nothing if the shape is absurd.
std::optional<std::int64_t> bytes_needed(const onnx::TensorProto& proto, DType type) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  std::int64_t elements = 1;
  for (const std::int64_t extent : proto.dims()) {
    if (extent < 0 || extent > kMost / std::max<std::int64_t>(elements, 1)) return std::nullopt;
    elements *= extent;
  }
  return elements * bytes_of(type);
}

Result<runtime::Tensor> read_elements(const onnx::TensorProto& proto, DType type, std::int64_t bytes) {
  const std::int64_t stored = stored_elements(proto, type), needed = bytes / bytes_of(type);
  if (stored != needed)
    return failure("{} elements stored, its shape {} has {}", stored, shape_text(shape_of(proto)), needed);
  return read_typed_fields(proto, type);
}

Result<runtime::Tensor> read_raw(const onnx::TensorProto& proto, DType type, std::int64_t bytes) {
  const std::string& raw = proto.raw_data();
  if (static_cast<std::int64_t>(raw.size()) != bytes)
    return failure("{} bytes stored, its shape {} of {} needs {}", raw.size(), shape_text(shape_of(proto)),
                   onnx_type_name(proto.data_type()), bytes);
  runtime::Tensor tensor(type, shape_of(proto));
  if (!raw.empty()) std::memcpy(tensor.data(), raw.data(), raw.size());
  return tensor;
}

}  // namespace

std::optional<DType> dtype_of(int onnx_type) {
  switch (onnx_type) {
    case onnx::TensorProto::FLOAT:
      return DType::f32;
    case onnx::TensorProto::DOUBLE:
      return DType::f64;
    case onnx::TensorProto::INT32:
      return DType::i32;
    case onnx::TensorProto::INT64:
      return DType::i64;
    case onnx::TensorProto::BOOL:
      return DType::boolean;
    case onnx::TensorProto::INT8:
      return DType::i8;
    case onnx::TensorProto::UINT8:
      return DType::u8;
    case onnx::TensorProto::BFLOAT16:
      return DType::bf16;
    default:
      return std::nullopt;
  }
}

std::string onnx_type_name(int onnx_type) {
  if (!onnx::TensorProto::DataType_IsValid(onnx_type)) return fmt::format("number {}", onnx_type);
  std::string name = onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(onnx_type));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

Result<runtime::Tensor> read_tensor(const onnx::TensorProto& proto, ExternalData& external) {
  const std::optional<DType> type = dtype_of(proto.data_type());
  if (!type) return failure("its element type {} is not supported", onnx_type_name(proto.data_type()));
  const std::optional<std::int64_t> bytes = bytes_needed(proto, *type);
  if (!bytes) return failure("its shape {} is impossible", shape_text(shape_of(proto)));
  if (Status ok = check_indexable(shape_of(proto)); !ok) return ok.failure();
  const bool is_external = proto.data_location() == onnx::TensorProto::EXTERNAL;
  Result<runtime::Tensor> tensor = is_external            ? external.read(proto, *type, *bytes)
                                   : proto.has_raw_data() ? read_raw(proto, *type, *bytes)
                                                          : read_elements(proto, *type, *bytes);
  if (tensor) normalise_bools(*tensor);
  return tensor;
}

}  // namespace tilewright::graph
