#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "driver/npz.h"

namespace tilewright::driver {

/// An input or output of a model.
struct Port {
  std::string name;
  DType type = DType::f32;
  std::vector<std::int64_t> shape;
};

/// The tensors of .npz and .pb files (ONNX TensorProto), together. A .pb tensor whose name is no port's takes the name
/// of the port at the file's position among the .pb files, as in ONNX's test data sets. Errors: Error(bad_input) naming
/// the file, for a name that comes twice too; Error(usage) for another kind of file.
NamedTensors read_tensors(std::span<const std::filesystem::path> files, std::span<const Port> ports);

/// `tensors` in the order of `ports`. Errors: Error(bad_input) naming every input that is missing, unknown or of
/// another type or shape, with both.
std::vector<runtime::Tensor> in_order(const NamedTensors& tensors, std::span<const Port> ports);

/// A seeded random tensor per port.
std::vector<runtime::Tensor> random_inputs(std::span<const Port> ports, std::uint64_t seed);

}  // namespace tilewright::driver
