#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "driver/tensors/npz.h"
#include "graph/onnx_import.h"
#include "runtime/model/model.h"

namespace tilewright::driver {

/// The tensors of .npz and .pb files (ONNX TensorProto), together. A .pb tensor whose name is no port's takes the name
/// of the port at the file's position among the .pb files, as in ONNX's test data sets. Errors: Error(bad_input) naming
/// the file, for a name that comes twice too; Error(usage) for another kind of file.
NamedTensors read_tensors(std::span<const std::filesystem::path> files, std::span<const runtime::Port> ports);

/// Shapes of the arrays of .npz and .pb files, without their data where that is possible: what a network that leaves
/// shapes open is to be run on. Errors: Error(bad_input) naming the file, Error(usage) for other files.
std::vector<graph::FedArray> shapes_of(std::span<const std::filesystem::path> files);

/// A seeded random tensor per port.
NamedTensors random_inputs(std::span<const runtime::Port> ports, std::uint64_t seed);

}  // namespace tilewright::driver
