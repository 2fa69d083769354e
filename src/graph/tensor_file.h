#pragma once

#include <filesystem>
#include <string>

#include "runtime/tensor.h"

namespace tilewright::graph {

struct NamedTensor {
  std::string name;  ///< may be empty
  runtime::Tensor value;
};

/// Reads a file that holds one serialized ONNX TensorProto (test_data_set_0/input_0.pb). Errors: Error(bad_input)
/// naming the file and what is wrong with it.
NamedTensor read_tensor_file(const std::filesystem::path& path);

}  // namespace tilewright::graph
