#include "graph/onnx/node.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/check_types.h"
#include "graph/empty.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {
namespace {

std::string type_name(onnx::AttributeProto::AttributeType type) {
  return onnx::AttributeProto::AttributeType_Name(type);
}

}  // namespace

const onnx::AttributeProto* OnnxNode::find(std::string_view name) const {
  for (const onnx::AttributeProto& attribute : proto_.attribute())
    if (attribute.name() == name) return &attribute;
  return nullptr;
}

const onnx::AttributeProto* OnnxNode::find(std::string_view name, onnx::AttributeProto::AttributeType type) const {
  const onnx::AttributeProto* attribute = find(name);
  if (attribute && attribute->type() != type && attribute->type() != onnx::AttributeProto::UNDEFINED)
    refuse("attribute '{}' has type {}, expected {}", name, type_name(attribute->type()), type_name(type));
  return attribute;
}

std::int64_t OnnxNode::integer(std::string_view name, std::int64_t otherwise) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::INT);
  return attribute ? attribute->i() : otherwise;
}

double OnnxNode::real(std::string_view name, double otherwise) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::FLOAT);
  if (attribute) return static_cast<double>(attribute->f());
  const bool fits = std::abs(otherwise) <= static_cast<double>(std::numeric_limits<float>::max());
  return fits ? static_cast<double>(static_cast<float>(otherwise)) : otherwise;
}

std::string OnnxNode::text(std::string_view name, std::string otherwise) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::STRING);
  return attribute ? attribute->s() : otherwise;
}

std::vector<std::int64_t> OnnxNode::integers(std::string_view name, std::vector<std::int64_t> otherwise) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::INTS);
  return attribute ? std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end()) : otherwise;
}

std::vector<std::int64_t> OnnxNode::sizes(std::string_view name, std::vector<std::int64_t> otherwise) const {
  std::vector<std::int64_t> values = integers(name, std::move(otherwise));
  for (const std::int64_t value : values)
    if (value < -kLargestSize || value > kLargestSize)
      refuse("{} has the number {}; supported are up to {}", name, value, kLargestSize);
  return values;
}

std::vector<double> OnnxNode::reals(std::string_view name) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::FLOATS);
  return attribute ? std::vector<double>(attribute->floats().begin(), attribute->floats().end())
                   : std::vector<double>{};
}

std::vector<std::string> OnnxNode::texts(std::string_view name) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::STRINGS);
  return attribute ? std::vector<std::string>(attribute->strings().begin(), attribute->strings().end())
                   : std::vector<std::string>{};
}

const onnx::GraphProto& OnnxNode::body(std::string_view name) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::GRAPH);
  if (!attribute) refuse("attribute '{}' is missing", name);
  return attribute->g();
}

runtime::Tensor OnnxNode::value(std::string_view name) const {
  const onnx::AttributeProto* attribute = find(name, onnx::AttributeProto::TENSOR);
  if (!attribute) refuse("attribute '{}' is missing", name);
  Result<runtime::Tensor> tensor = read_tensor(attribute->t(), external_);
  if (!tensor) refuse("attribute '{}': {}", name, tensor.message());
  return *tensor;
}

TensorId OnnxNode::input(int i) const {
  if (!has_input(i)) refuse("input {} is missing", i);
  return inputs_[static_cast<std::size_t>(i)];
}

const Shape& OnnxNode::filled_shape(int i) const {
  if (product(shape(i)) == 0) refuse("its data has no elements (shape {})", shape_text(shape(i)));
  return shape(i);
}

void OnnxNode::require_float(int i) const {
  if (!is_float(type(i))) refuse("its data has type {}, expected a float type", tilewright::to_text(type(i)));
}

const runtime::Tensor& OnnxNode::constant(int i, std::string_view what) const {
  const TensorInfo& tensor = graph_.tensor(input(i));
  if (!tensor.constant)
    refuse("its {} (input '{}') must be known at compile time, but is computed at run time", what, tensor.name);
  return *tensor.constant;
}

std::vector<std::int64_t> OnnxNode::constant_integers(int i, std::string_view what) const {
  const runtime::Tensor& tensor = constant(i, what);
  if (tensor.type() != DType::i64 && tensor.type() != DType::i32)
    refuse("its {} has type {}, expected i64", what, to_text(tensor.type()));
  return to_integers(tensor);
}

std::vector<std::int64_t> OnnxNode::constant_sizes(int i, std::string_view what) const {
  std::vector<std::int64_t> values = constant_integers(i, what);
  for (const std::int64_t value : values)
    if (value < -kLargestSize || value > kLargestSize)
      refuse("its {} has the number {}; supported are up to {}", what, value, kLargestSize);
  return values;
}

std::int64_t OnnxNode::constant_size(int i, std::string_view what) const {
  const double value = constant_real(i, what);
  if (!(std::abs(value) <= static_cast<double>(kLargestSize)))
    refuse("its {} is {}; supported are up to {}", what, value, kLargestSize);
  return static_cast<std::int64_t>(value);
}

Number OnnxNode::constant_number(int i, std::string_view what) const {
  const runtime::Tensor& tensor = constant(i, what);
  if (tensor.elements() != 1) refuse("its {} has {} elements, expected 1", what, tensor.elements());
  return element(tensor, 0);
}

int OnnxNode::axis(std::int64_t axis, int rank) const {
  if (axis < -rank || axis >= rank) refuse("axis {} is outside of the {} dimensions of its input", axis, rank);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

std::vector<int> OnnxNode::axes(const std::vector<std::int64_t>& axes, int rank) const {
  std::vector<int> positive;
  for (const std::int64_t a : axes) positive.push_back(axis(a, rank));
  std::sort(positive.begin(), positive.end());
  if (std::adjacent_find(positive.begin(), positive.end()) != positive.end()) refuse("an axis is given twice");
  return positive;
}

TensorId OnnxNode::add(Op op, std::vector<TensorId> inputs) {
  std::vector<TensorType> types;
  for (const TensorId id : inputs) types.push_back(graph_.type(id));
  const Result<TensorType> type = infer(op, types);
  if (!type) throw NodeProblem(type.message());
  if (const Status ok = check_types(op, types); !ok && !is_empty(type->shape)) throw NodeProblem(ok.message());
  const std::string& name = proto_.output_size() > 0 ? proto_.output(0) : proto_.name();
  return graph_.add(std::move(op), std::move(inputs), name);
}

TensorId OnnxNode::scalar(DType type, const Number& value) {
  runtime::Tensor tensor(type, {});
  set_element(tensor, 0, value);
  return add_constant(std::move(tensor));
}

TensorId OnnxNode::add_constant(runtime::Tensor value) {
  return graph_.add_constant(proto_.output_size() > 0 ? proto_.output(0) : proto_.name(), std::move(value));
}

std::vector<std::int64_t> OnnxNode::integers_of(TensorId constant) const {
  return to_integers(*graph_.tensor(constant).constant);
}

void OnnxNode::require_table(const Shape& shape) const {
  if (const Status ok = check_indexable(shape); !ok) throw NodeProblem(ok.message());
  if (product(shape) > kLargestTable)
    refuse("it needs a table of shape {} at compile time; supported are up to {} elements", shape_text(shape),
           kLargestTable);
}

TensorId OnnxNode::slice(TensorId data, int axis, std::int64_t start, std::int64_t count, std::int64_t step) {
  const Shape& shape = shape_of(data);
  Slice slice{Shape(shape.size(), 0), Shape(shape.size(), 1), shape};
  slice.starts[at(axis)] = start, slice.steps[at(axis)] = step, slice.shape[at(axis)] = count;
  return slice.shape == shape && step == 1 ? data : add(std::move(slice), {data});
}

TensorId OnnxNode::cast(TensorId data, DType type) { return type_of(data) == type ? data : add(Cast{type}, {data}); }

TensorId OnnxNode::reshape(TensorId data, Shape shape) {
  return graph_.shape(data) == shape ? data : add(Reshape{std::move(shape)}, {data});
}

}  // namespace tilewright::graph
