#include "graph/onnx/tensor.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/integer.h"
#include "graph/array.h"
#include "graph/graph.h"
#include "graph/op.h"

namespace tilewright::graph {
namespace {

Shape shape_of(const onnx::TensorProto& proto) { return {proto.dims().begin(), proto.dims().end()}; }

/// `bytes` bytes of an external file. A location outside of the model's folder is refused.
Result<std::string> read_external(const onnx::TensorProto& proto, const std::filesystem::path& folder,
                                  std::int64_t bytes) {
  std::string location;
  std::int64_t offset = 0;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = std::strtoll(entry.value().c_str(), nullptr, 10);
  }
  const std::filesystem::path relative = std::filesystem::path(location).lexically_normal();
  if (location.empty() || relative.is_absolute() || *relative.begin() == "..")
    return failure("external data at '{}', which is not inside of the model's folder", location);
  std::ifstream file(folder / relative, std::ios::binary);
  if (!file) return failure("cannot read external data {}", (folder / relative).string());
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::int64_t>(file.tellg());
  if (!file || offset < 0 || offset > size || bytes > size - offset)
    return failure("external data {} has {} bytes, but {} from byte {} on are needed", (folder / relative).string(),
                   size, bytes, offset);
  std::string data(static_cast<std::size_t>(bytes), '\0');
  file.seekg(offset);
  file.read(data.data(), bytes);
  if (!file) return failure("cannot read external data {}", (folder / relative).string());
  return data;
}

/// Elements in the fields that hold values one by one.
int stored_elements(const onnx::TensorProto& proto, DType type) {
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

runtime::Tensor read_typed_fields(const onnx::TensorProto& proto, DType type) {
  runtime::Tensor tensor(type, shape_of(proto));
  for (int i = 0; i < stored_elements(proto, type); ++i) {
    const auto at = static_cast<std::size_t>(i);
    switch (type) {
      case DType::f32:
        tensor.as<float>()[at] = proto.float_data(i);
        break;
      case DType::f64:
        tensor.as<double>()[at] = proto.double_data(i);
        break;
      case DType::i64:
        tensor.as<std::int64_t>()[at] = proto.int64_data(i);
        break;
      case DType::bf16:
        tensor.as<std::uint16_t>()[at] = static_cast<std::uint16_t>(proto.int32_data(i));
        break;  // bits
      default:
        set_element(tensor, i, proto.int32_data(i));
    }
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

Result<runtime::Tensor> read_tensor(const onnx::TensorProto& proto, const std::filesystem::path& folder) {
  const std::optional<DType> type = dtype_of(proto.data_type());
  if (!type) return failure("its element type {} is not supported", onnx_type_name(proto.data_type()));
  const std::optional<std::int64_t> bytes = bytes_needed(proto, *type);
  if (!bytes) return failure("its shape {} is impossible", to_text(shape_of(proto)));
  if (Status ok = check_indexable(shape_of(proto)); !ok) return ok.failure();
  std::string external;
  std::string_view raw = proto.raw_data();
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    Result<std::string> read = read_external(proto, folder, *bytes);
    if (!read) return read.failure();
    external = std::move(*read);
    raw = external;
  } else if (!proto.has_raw_data()) {
    const int stored = stored_elements(proto, *type);
    if (stored * bytes_of(*type) != *bytes)
      return failure("{} elements stored, its shape {} has {}", stored, to_text(shape_of(proto)),
                     *bytes / bytes_of(*type));
    return read_typed_fields(proto, *type);
  }
  if (static_cast<std::int64_t>(raw.size()) != *bytes)
    return failure("{} bytes stored, its shape {} of {} needs {}", raw.size(), to_text(shape_of(proto)),
                   onnx_type_name(proto.data_type()), *bytes);
  runtime::Tensor tensor(*type, shape_of(proto));
  if (!raw.empty()) std::memcpy(tensor.data(), raw.data(), raw.size());
  return tensor;
}

}  // namespace tilewright::graph
