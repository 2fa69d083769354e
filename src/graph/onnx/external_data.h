#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <map>
#include <string>
#include <tuple>

#include "base/input_file.h"
#include "runtime/tensor.h"

namespace tilewright::graph {

/// The files of their own that a model's weights are in. A model says which files are read and may come from anywhere,
/// so they must lie inside of its folder, as ONNX demands, and take no more memory than they are large.
class ExternalData {
 public:
  ExternalData(std::filesystem::path folder, Links links) : folder_(std::move(folder)), links_(links) {}

  /// The tensor of `bytes` bytes that `proto` says the place of. What several tensors name is read once.
  /// Failure: what is wrong with the entries (location, offset, length), the place, or the file.
  Result<runtime::Tensor> read(const onnx::TensorProto& proto, DType type, std::int64_t bytes);

 private:
  struct Place {
    std::string location;
    std::int64_t offset = 0, length = -1;  ///< -1: not given
  };
  static Result<Place> place_of(const onnx::TensorProto& proto);
  Result<InputFile> open(const Place& place, std::int64_t bytes);

  std::filesystem::path folder_;
  Links links_;
  std::map<std::tuple<std::string, std::int64_t, DType, std::vector<std::int64_t>>, runtime::Tensor> read_;
  std::map<std::string, std::int64_t> bytes_read_;  ///< by location
};

}  // namespace tilewright::graph
