#include "onnx_model.h"

#include "base/match.h"

namespace tilewright::graph {

onnx::TensorProto to_proto(const std::string& name, const te::Array& value) {
  onnx::TensorProto proto;
  proto.set_name(name);
  proto.mutable_dims()->Add(value.shape.begin(), value.shape.end());
  proto.set_data_type(value.type == DType::i64       ? onnx::TensorProto::INT64
                      : value.type == DType::i32     ? onnx::TensorProto::INT32
                      : value.type == DType::boolean ? onnx::TensorProto::BOOL
                                                     : onnx::TensorProto::FLOAT);
  for (const std::int64_t v : value.integers) {
    if (value.type == DType::i64)
      proto.add_int64_data(v);
    else
      proto.add_int32_data(static_cast<std::int32_t>(v));
  }
  for (const double v : value.values) proto.add_float_data(static_cast<float>(v));
  return proto;
}

int onnx_type(DType type) {
  switch (type) {
    case DType::boolean:
      return onnx::TensorProto::BOOL;
    case DType::i8:
      return onnx::TensorProto::INT8;
    case DType::u8:
      return onnx::TensorProto::UINT8;
    case DType::i32:
      return onnx::TensorProto::INT32;
    case DType::i64:
      return onnx::TensorProto::INT64;
    case DType::bf16:
      return onnx::TensorProto::BFLOAT16;
    case DType::f32:
      return onnx::TensorProto::FLOAT;
    case DType::f64:
      return onnx::TensorProto::DOUBLE;
  }
  return onnx::TensorProto::UNDEFINED;
}

OnnxModel::OnnxModel(int opset) {
  proto_.set_ir_version(8);
  proto_.add_opset_import()->set_version(opset);
  proto_.mutable_graph()->set_name("test");
}

OnnxModel& OnnxModel::input(const std::string& name, const Shape& shape, int type) {
  onnx::ValueInfoProto* info = proto_.mutable_graph()->add_input();
  info->set_name(name);
  info->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  info->mutable_type()->mutable_tensor_type()->mutable_shape();  // of scalars, too
  for (const std::int64_t extent : shape)
    info->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(extent);
  return *this;
}

OnnxModel& OnnxModel::dynamic_input(const std::string& name, const std::string& dim, const Shape& rest) {
  Shape shape{1};
  shape.insert(shape.end(), rest.begin(), rest.end());
  input(name, shape);
  auto* type =
      proto_.mutable_graph()->mutable_input(proto_.graph().input_size() - 1)->mutable_type()->mutable_tensor_type();
  type->mutable_shape()->mutable_dim(0)->set_dim_param(dim);
  return *this;
}

OnnxModel& OnnxModel::weight(const std::string& name, const te::Array& value) {
  *proto_.mutable_graph()->add_initializer() = to_proto(name, value);
  return *this;
}

OnnxModel& OnnxModel::weight(const std::string& name, const runtime::Tensor& value) {
  onnx::TensorProto* proto = proto_.mutable_graph()->add_initializer();
  proto->set_name(name);
  proto->mutable_dims()->Add(value.shape().begin(), value.shape().end());
  proto->set_data_type(onnx_type(value.type()));
  proto->set_raw_data(value.data(), static_cast<std::size_t>(value.bytes()));
  return *this;
}

OnnxModel& OnnxModel::integers(const std::string& name, const Integers& values) {
  te::Array array(DType::i64, {static_cast<std::int64_t>(values.size())});
  array.integers = values;
  return weight(name, array);
}

OnnxModel& OnnxModel::node(const std::string& op, const std::vector<std::string>& inputs,
                           const std::vector<std::string>& outputs, const std::vector<Attribute>& attributes) {
  onnx::NodeProto* node = proto_.mutable_graph()->add_node();
  node->set_op_type(op);
  node->set_name("the_" + op);
  for (const std::string& name : inputs) node->add_input(name);
  for (const std::string& name : outputs) node->add_output(name);
  for (const Attribute& given : attributes) {
    onnx::AttributeProto* attribute = node->add_attribute();
    attribute->set_name(given.name);
    match_variant(
        given.value,
        [&](std::int64_t v) {
          attribute->set_type(onnx::AttributeProto::INT);
          attribute->set_i(v);
        },
        [&](double v) {
          attribute->set_type(onnx::AttributeProto::FLOAT);
          attribute->set_f(static_cast<float>(v));
        },
        [&](const std::string& v) {
          attribute->set_type(onnx::AttributeProto::STRING);
          attribute->set_s(v);
        },
        [&](const Integers& v) {
          attribute->set_type(onnx::AttributeProto::INTS);
          attribute->mutable_ints()->Add(v.begin(), v.end());
        },
        [&](const te::Array& v) {
          attribute->set_type(onnx::AttributeProto::TENSOR);
          *attribute->mutable_t() = to_proto("", v);
        });
  }
  return *this;
}

OnnxModel& OnnxModel::output(const std::string& name) {
  proto_.mutable_graph()->add_output()->set_name(name);
  return *this;
}

}  // namespace tilewright::graph
