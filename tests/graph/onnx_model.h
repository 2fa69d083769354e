#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <variant>
#include <vector>

#include "graph/onnx_import.h"
#include "te/interpreter.h"

namespace tilewright::graph {

/// Builds small ONNX models for tests.
class OnnxModel {
 public:
  using Integers = std::vector<std::int64_t>;
  struct Attribute {
    std::string name;
    std::variant<std::int64_t, double, std::string, Integers, te::Array> value;
  };

  explicit OnnxModel(int opset = 13);
  OnnxModel& input(const std::string& name, const Shape& shape, int type = onnx::TensorProto::FLOAT);
  /// An input whose first dimension is called `dim`.
  OnnxModel& dynamic_input(const std::string& name, const std::string& dim, const Shape& rest);
  OnnxModel& weight(const std::string& name, const te::Array& value);
  OnnxModel& weight(const std::string& name, const runtime::Tensor& value);
  OnnxModel& integers(const std::string& name, const Integers& values);
  OnnxModel& node(const std::string& op, const std::vector<std::string>& inputs,
                  const std::vector<std::string>& outputs, const std::vector<Attribute>& attributes = {});
  OnnxModel& output(const std::string& name);

  onnx::ModelProto& proto() { return proto_; }
  std::string bytes() const { return proto_.SerializeAsString(); }
  Network import(const ImportOptions& options = {}) const { return import_onnx_bytes(bytes(), "test.onnx", options); }

 private:
  onnx::ModelProto proto_;
};

onnx::TensorProto to_proto(const std::string& name, const te::Array& value);
/// ONNX's number of an element type.
int onnx_type(DType type);

}  // namespace tilewright::graph
