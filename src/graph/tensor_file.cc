#include "graph/tensor_file.h"

#include <google/protobuf/stubs/logging.h>

#include "base/file.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {

NamedTensor read_tensor_file(const std::filesystem::path& path) {
  const google::protobuf::LogSilencer quiet;  // the message below says it
  const std::string bytes = read_file(path);
  onnx::TensorProto proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !proto.has_data_type())
    throw Error(Code::bad_input, "{} is no ONNX tensor, or it is cut off (read {} bytes)", path.string(), bytes.size());
  ExternalData external(path.parent_path(), Links::refused);
  Result<runtime::Tensor> value = read_tensor(proto, external);
  if (!value) throw Error(Code::bad_input, "{}: tensor '{}': {}", path.string(), proto.name(), value.message());
  return {proto.name(), std::move(*value)};
}

}  // namespace tilewright::graph
