#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace tilewright::cli {

/// A small network under construction: image [1, channels, 8, 8] -> conv 3x3 with padding -> relu
/// -> y [1, filters, 8, 8], opset 13.
inline onnx::ModelProto small_model(int channels = 3, int filters = 4) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto* const graph = model.mutable_graph();
  const auto add_value = [](onnx::ValueInfoProto* value, const std::string& name, std::initializer_list<int> shape) {
    value->set_name(name);
    onnx::TypeProto::Tensor* const type = value->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (int dim : shape) type->mutable_shape()->add_dim()->set_dim_value(dim);
  };
  add_value(graph->add_input(), "image", {1, channels, 8, 8});
  add_value(graph->add_output(), "y", {1, filters, 8, 8});

  onnx::TensorProto* const weights = graph->add_initializer();
  weights->set_name("weights");
  weights->set_data_type(onnx::TensorProto::FLOAT);
  for (int dim : {filters, channels, 3, 3}) weights->add_dims(dim);
  for (int i = 0; i < filters * channels * 3 * 3; ++i) weights->add_float_data(static_cast<float>(i % 7 - 3) / 8);

  onnx::NodeProto* const conv = graph->add_node();
  conv->set_name("conv1");
  conv->set_op_type("Conv");
  conv->add_input("image");
  conv->add_input("weights");
  conv->add_output("x");
  onnx::AttributeProto* const pads = conv->add_attribute();
  pads->set_name("pads");
  pads->set_type(onnx::AttributeProto::INTS);
  for (int i = 0; i < 4; ++i) pads->add_ints(1);
  onnx::NodeProto* const relu = graph->add_node();
  relu->set_name("relu1");
  relu->set_op_type("Relu");
  relu->add_input("x");
  relu->add_output("y");
  return model;
}

/// The small model with both nodes of operators that nobody has.
inline onnx::ModelProto alien_model() {
  onnx::ModelProto model = small_model();
  model.mutable_graph()->mutable_node(0)->set_op_type("Convoluted");
  model.mutable_graph()->mutable_node(0)->clear_attribute();
  model.mutable_graph()->mutable_node(1)->set_op_type("Unrelued");
  return model;
}

/// The small model with an image of any height and width.
inline onnx::ModelProto dynamic_model() {
  onnx::ModelProto model = small_model();
  onnx::TensorShapeProto* const shape =
      model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape->mutable_dim(2)->set_dim_param("height");
  shape->mutable_dim(3)->set_dim_param("width");
  model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  return model;
}

}  // namespace tilewright::cli
