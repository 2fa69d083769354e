// Operators whose value is known at compile time.

#include <algorithm>

#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

template <class Values>
runtime::Tensor list(DType type, const Values& values, bool scalar) {
  runtime::Tensor tensor(type, scalar ? Shape{} : Shape{static_cast<std::int64_t>(values.size())});
  for (std::size_t i = 0; i < values.size(); ++i) set_element(tensor, static_cast<std::int64_t>(i), values[i]);
  return tensor;
}

runtime::Tensor integers(const std::vector<std::int64_t>& values, bool scalar = false) {
  runtime::Tensor tensor(DType::i64, scalar ? Shape{} : Shape{static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.as<std::int64_t>().begin());
  return tensor;
}

}  // namespace

Outputs import_constant(OnnxNode& node) {
  if (node.has("value")) return {node.add_constant(node.value("value"))};
  if (node.has("value_float"))
    return {node.add_constant(list(DType::f32, std::vector{node.real("value_float", 0)}, true))};
  if (node.has("value_floats")) return {node.add_constant(list(DType::f32, node.reals("value_floats"), false))};
  if (node.has("value_int")) return {node.add_constant(integers({node.integer("value_int", 0)}, true))};
  if (node.has("value_ints")) return {node.add_constant(integers(node.integers("value_ints", {})))};
  refuse("only values that are tensors, floats or integers are supported");
}

Outputs import_constant_of_shape(OnnxNode& node) {
  const Shape shape = node.constant_sizes(0, "shape");
  for (const std::int64_t extent : shape)
    if (extent < 0) refuse("shape {} has a negative dimension", shape_text(shape));
  runtime::Tensor value(DType::f32, {1});
  if (node.has("value")) value = node.value("value");
  if (value.elements() != 1) refuse("its value has {} elements, expected 1", value.elements());
  return {node.add(Expand{shape}, {node.add_constant(value.reshaped({}))})};
}

Outputs import_shape(OnnxNode& node) {
  const Shape shape = node.shape(0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto clamped = [&](std::int64_t bound) {
    return std::clamp<std::int64_t>(bound < 0 ? bound + rank : bound, 0, rank);
  };
  const std::int64_t start = clamped(node.integer("start", 0)),
                     end = std::max(start, clamped(node.integer("end", rank)));
  return {node.add_constant(integers({shape.begin() + start, shape.begin() + end}))};
}

}  // namespace tilewright::graph
