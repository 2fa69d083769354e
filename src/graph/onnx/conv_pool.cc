// Operators with a window over two spatial dimensions. One spatial dimension is a second of extent 1 in front of it.

#include <algorithm>

#include "base/shape_text.h"
#include "graph/onnx/functions.h"
#include "graph/onnx/slide.h"

namespace tilewright::graph {
namespace {

using Pair = std::array<std::int64_t, 2>;

/// An attribute with one number per spatial dimension.
Pair per_dimension(const OnnxNode& node, std::string_view name, int dims, std::int64_t otherwise) {
  const std::vector<std::int64_t> values =
      node.sizes(name, std::vector<std::int64_t>(static_cast<std::size_t>(dims), otherwise));
  if (static_cast<int>(values.size()) != dims)
    refuse("{} has {} numbers, expected {} for data of shape {}", name, values.size(), dims, shape_text(node.shape(0)));
  for (const std::int64_t value : values)
    if (value < 1) refuse("{} must be at least 1, found {}", name, value);
  return dims == 1 ? Pair{otherwise, values[0]} : Pair{values[0], values[1]};
}

void read_pads(const OnnxNode& node, int dims, Window& window) {
  const std::vector<std::int64_t> pads =
      node.sizes("pads", std::vector<std::int64_t>(static_cast<std::size_t>(2 * dims)));
  if (static_cast<int>(pads.size()) != 2 * dims)
    refuse("pads has {} numbers, expected {} for data of shape {}", pads.size(), 2 * dims, shape_text(node.shape(0)));
  for (const std::int64_t pad : pads)
    if (pad < 0) refuse("pads must not be negative, found {}", pad);
  const auto first = static_cast<std::size_t>(2 - dims), n = static_cast<std::size_t>(dims);
  for (std::size_t d = 0; d < n; ++d) {
    window.pad_begin[first + d] = pads[d];
    window.pad_end[first + d] = pads[n + d];
  }
}

Slide slide_of(const Window& w, std::size_t d, std::int64_t extent) {
  return {extent, w.kernel[d], w.strides[d], w.dilations[d], w.pad_begin[d], w.pad_end[d]};
}

int spatial_dims(const OnnxNode& node) {
  const int dims = node.rank(0) - 2;
  if (dims != 1 && dims != 2)
    refuse("its data has shape {}; supported are 1 to 3 spatial dimensions (3 to 5 in all)", shape_text(node.shape(0)));
  return dims;
}

/// Height and width; the height of one dimension is 1.
Pair extent_of(const OnnxNode& node) {
  const Shape& data = node.shape(0);
  return {spatial_dims(node) == 1 ? 1 : data[2], data.back()};
}

Window read_window(const OnnxNode& node, const Pair& kernel) {
  const int dims = spatial_dims(node);
  Window w{.kernel = kernel};
  w.strides = per_dimension(node, "strides", dims, 1);
  w.dilations = per_dimension(node, "dilations", dims, 1);
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic == "NOTSET") {
    read_pads(node, dims, w);
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    for (std::size_t d = 0; d < 2; ++d) {
      Slide slide = slide_of(w, d, extent_of(node)[d]);
      slide.pad_to_same(automatic == "SAME_UPPER");
      w.pad_begin[d] = slide.pad_begin;
      w.pad_end[d] = slide.pad_end;
    }
  } else if (automatic != "VALID") {
    refuse("auto_pad is '{}', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID", automatic);
  }
  return w;
}

/// A tensor with one spatial dimension as one with two.
TensorId as_two_dimensional(OnnxNode& node, TensorId id) {
  const Shape shape = node.shape_of(id);
  return shape.size() == 3 ? node.reshape(id, {shape[0], shape[1], 1, shape[2]}) : id;
}

TensorId as_given(OnnxNode& node, TensorId id, int dims) {
  const Shape shape = node.shape_of(id);
  return dims == 1 ? node.reshape(id, {shape[0], shape[1], shape[3]}) : id;
}

}  // namespace

Outputs import_conv(OnnxNode& node) {
  if (node.rank(0) == 5) return import_conv3d(node);
  const int dims = spatial_dims(node);
  if (node.rank(1) != dims + 2)
    refuse("its weights have shape {}, expected {} dimensions like its data", shape_text(node.shape(1)), dims + 2);
  const TensorId data = as_two_dimensional(node, node.input(0)), weights = as_two_dimensional(node, node.input(1));
  const Shape w = node.shape_of(weights);
  if (node.has("kernel_shape") && per_dimension(node, "kernel_shape", dims, 1) != Pair{w[2], w[3]})
    refuse("kernel_shape does not fit its weights of shape {}", shape_text(node.shape(1)));
  TensorId out =
      node.add(Conv{read_window(node, {w[2], w[3]}), node.integer("group", 1), Layout::nchw}, {data, weights});
  if (node.has_input(2)) {
    if (node.shape(2) != Shape{w[0]}) refuse("its bias has shape {}, expected {}", shape_text(node.shape(2)), w[0]);
    out = node.binary(te::BinaryOp::add, out, node.reshape(node.input(2), {w[0], 1, 1}));
  }
  return {as_given(node, out, dims)};
}

namespace {

Outputs import_pool(OnnxNode& node, PoolKind kind, bool count_padding) {
  if (node.rank(0) == 5) return import_pool3d(node, kind, count_padding);
  const int dims = spatial_dims(node);
  if (!node.has("kernel_shape")) refuse("attribute 'kernel_shape' is missing");
  Pool pool{kind, read_window(node, per_dimension(node, "kernel_shape", dims, 1)), count_padding, Layout::nchw};
  for (std::size_t d = 0; d < 2 && node.integer("ceil_mode", 0) != 0; ++d)
    pool.overhang[d] = slide_of(pool.window, d, extent_of(node)[d]).overhang();
  const TensorId data = as_two_dimensional(node, node.input(0));
  return {as_given(node, node.add(pool, {data}), dims)};
}

}  // namespace

/// storage_order says what the positions of the largest elements count, which are not supported as an output.
Outputs import_max_pool(OnnxNode& node) { return import_pool(node, PoolKind::max, false); }

Outputs import_average_pool(OnnxNode& node) {
  node.require_float(0);
  return import_pool(node, PoolKind::average, node.integer("count_include_pad", 0) != 0);
}

Outputs import_global_pool(OnnxNode& node) {
  if (node.rank(0) < 3) refuse("its data has shape {}, expected at least 3 dimensions", shape_text(node.shape(0)));
  std::vector<int> axes;
  for (int d = 2; d < node.rank(0); ++d) axes.push_back(d);
  const ReduceKind kind = node.op_type() == "GlobalMaxPool" ? ReduceKind::max : ReduceKind::mean;
  if (kind == ReduceKind::mean) node.require_float(0);
  return {node.add(Reduce{kind, axes, true}, {node.input(0)})};
}

}  // namespace tilewright::graph
