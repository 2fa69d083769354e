#include "graph/tensor_file.h"

#include <google/protobuf/stubs/logging.h>

#include <limits>

#include "base/file.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {

NamedTensor read_tensor_file(const std::filesystem::path& path) {
  const google::protobuf::LogSilencer quiet;  // the message below says it
  const std::string bytes = read_file(path);
  onnx::TensorProto proto;
  const bool small = bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (!small || !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !proto.has_data_type())
    throw Error(Code::bad_input, "{} is no ONNX tensor, or it is cut off (read {} bytes)", path.string(), bytes.size());
  Result<runtime::Tensor> value = read_tensor(proto, path.parent_path());
  if (!value) throw Error(Code::bad_input, "{}: tensor '{}': {}", path.string(), proto.name(), value.message());
  return {proto.name(), std::move(*value)};
}

}  // namespace tilewright::graph
