#include "graph/onnx/tensor.h"

#include <cstring>
#include <fstream>

#include "base/integer.h"
#include "graph/array.h"
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
  std::string data(static_cast<std::size_t>(bytes), '\0');
  file.seekg(offset);
  file.read(data.data(), bytes);
  if (!file) return failure("external data {} ends before byte {}", (folder / relative).string(), offset + bytes);
  return data;
}

/// Values that are stored one per field element instead of as raw bytes.
template <class Field>
Status copy_field(const Field& field, runtime::Tensor& tensor) {
  if (field.size() != tensor.elements())
    return failure("{} elements stored, its shape {} has {}", field.size(), to_text(tensor.shape()), tensor.elements());
  if (tensor.type() == DType::i64) {  // exactly, whatever their size
    for (int i = 0; i < field.size(); ++i)
      tensor.as<std::int64_t>()[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(field[i]);
  } else {
    for (int i = 0; i < field.size(); ++i) set_element(tensor, i, static_cast<double>(field[i]));
  }
  return {};
}

Status copy_typed_fields(const onnx::TensorProto& proto, runtime::Tensor& tensor) {
  switch (tensor.type()) {
    case DType::f32:
      return copy_field(proto.float_data(), tensor);
    case DType::f64:
      return copy_field(proto.double_data(), tensor);
    case DType::i64:
      return copy_field(proto.int64_data(), tensor);
    case DType::bf16: {  // stored as bit patterns
      if (proto.int32_data_size() != tensor.elements()) return copy_field(proto.int32_data(), tensor);
      for (int i = 0; i < proto.int32_data_size(); ++i)
        tensor.as<std::uint16_t>()[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(proto.int32_data(i));
      return {};
    }
    default:
      return copy_field(proto.int32_data(), tensor);
  }
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
  for (const std::int64_t extent : proto.dims())
    if (extent < 0 || extent > (std::int64_t{1} << 40)) return failure("its shape has a dimension of {}", extent);
  runtime::Tensor tensor(*type, shape_of(proto));
  std::string external;
  std::string_view raw = proto.raw_data();
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    Result<std::string> read = read_external(proto, folder, tensor.bytes());
    if (!read) return read.failure();
    external = std::move(*read);
    raw = external;
  } else if (!proto.has_raw_data()) {
    if (Status copied = copy_typed_fields(proto, tensor); !copied) return copied.failure();
    return tensor;
  }
  if (static_cast<std::int64_t>(raw.size()) != tensor.bytes())
    return failure("{} bytes stored, its shape {} of {} needs {}", raw.size(), to_text(tensor.shape()),
                   onnx_type_name(proto.data_type()), tensor.bytes());
  if (!raw.empty()) std::memcpy(tensor.data(), raw.data(), raw.size());
  return tensor;
}

}  // namespace tilewright::graph
