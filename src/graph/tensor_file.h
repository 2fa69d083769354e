#pragma once

#include <filesystem>
#include <string>

#include "runtime/tensor.h"

namespace tilewright::graph {

struct NamedTensor {
  std::string name;  ///< may be empty
  runtime::Tensor value;
};

/// Reads a .pb file: ONNX's TensorProto, as in its test data sets. Errors: Error(bad_input) naming the file.
NamedTensor read_tensor_file(const std::filesystem::path& path);

}  // namespace tilewright::graph
