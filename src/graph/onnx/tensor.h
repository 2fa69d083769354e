#pragma once

#include <onnx/onnx_pb.h>

#include <optional>

#include "base/error.h"
#include "graph/onnx/external_data.h"
#include "runtime/tensor.h"

namespace tilewright::graph {

/// ONNX's element type as ours; nothing for those without a counterpart (float16, string, …).
std::optional<DType> dtype_of(int onnx_type);
/// "float16", "int64", …: ONNX's element type for people.
std::string onnx_type_name(int onnx_type);

/// The value of an ONNX tensor. Failure: what is wrong with it (element type, number of elements, the external file).
Result<runtime::Tensor> read_tensor(const onnx::TensorProto& proto, ExternalData& external);

}  // namespace tilewright::graph
