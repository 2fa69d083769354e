#pragma once

#include <onnx/onnx_pb.h>

#include <span>
#include <string>
#include <vector>

#include "graph/onnx_import.h"

namespace tilewright::graph {

/// The shape of each input: as `options` give it, else as the file declares it, where a dimension with a name has the
/// extent that another input's given shape has in a dimension of this name.
/// Failure: all given shapes that contradict the file or each other, or all inputs that stay open, with an example.
Result<std::vector<Shape>> input_shapes(std::span<const onnx::ValueInfoProto* const> inputs,
                                        const ImportOptions& options);

/// "[batch, 3, 224, 224]", for people.
std::string declared_shape(const onnx::TypeProto_Tensor& type);
/// "1x3x224x224": a shape that fits what is declared, for people.
std::string example_shape(const onnx::TypeProto_Tensor& type);

}  // namespace tilewright::graph
