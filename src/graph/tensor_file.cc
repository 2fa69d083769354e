#include "graph/tensor_file.h"

#include "base/file.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {

NamedTensor read_tensor_file(const std::filesystem::path& path) {
  onnx::TensorProto proto;
  if (!proto.ParseFromString(read_file(path)) || proto.data_type() == onnx::TensorProto::UNDEFINED)
    throw Error(Code::bad_input, "{} holds no ONNX tensor, or is cut short", path.string());
  Result<runtime::Tensor> value = read_tensor(proto, path.parent_path());
  if (!value) throw Error(Code::bad_input, "tensor {} of {}: {}", proto.name(), path.string(), value.message());
  return {proto.name(), std::move(*value)};
}

}  // namespace tilewright::graph
