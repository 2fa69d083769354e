// Shape and type inference, one function per operator.

#include <algorithm>
#include <limits>

#include "base/integer.h"
#include "base/match.h"
#include "base/shape_text.h"
#include "graph/empty.h"
#include "graph/graph.h"
#include "te/comparison.h"

namespace tilewright::graph {
namespace {

using Types = std::span<const TensorType>;

/// Elements of `extent` padded that a dilated window visits; <= 0 when it does not fit.
std::int64_t windows(std::int64_t extent, const Window& w, std::size_t d) {
  const std::int64_t reach = (w.kernel[d] - 1) * w.dilations[d] + 1;
  return floor_div(extent + w.pad_begin[d] + w.pad_end[d] - reach, w.strides[d]) + 1;
}

Result<TensorType> slid(const Window& w, const TensorType& data, std::int64_t channels, Layout layout) {
  if (data.shape.size() != 4) return failure("the data has shape {}, expected 4 dimensions", shape_text(data.shape));
  const std::size_t height = layout == Layout::nchw ? 2 : 1;
  Shape shape = data.shape;
  shape[layout == Layout::nchw ? 1 : 3] = channels;
  for (std::size_t d = 0; d < 2; ++d) {
    if (w.kernel[d] < 1 || w.strides[d] < 1 || w.dilations[d] < 1)
      return failure("kernel, strides and dilations must be at least 1, found {}, {} and {}", w.kernel[d], w.strides[d],
                     w.dilations[d]);
    shape[height + d] = windows(data.shape[height + d], w, d);
    if (shape[height + d] < 1)
      return failure("a window of {}x{} with dilations {}x{} does not fit into data of shape {}", w.kernel[0],
                     w.kernel[1], w.dilations[0], w.dilations[1], shape_text(data.shape));
  }
  return TensorType{data.type, shape};
}

Result<TensorType> infer_op(const Conv& op, Types in) {
  const Shape &x = in[0].shape, &w = in[1].shape;
  if (x.size() != 4 || w.size() != 4)
    return failure("data has shape {} and weights {}, expected 4 dimensions each", shape_text(x), shape_text(w));
  const bool nchw = op.layout == Layout::nchw;
  const std::int64_t channels = x[nchw ? 1 : 3];
  const bool depthwise = !nchw && op.groups > 1 && op.groups == channels;
  const std::int64_t group_channels = depthwise ? w[2] / op.groups : w[nchw ? 1 : 2];
  const std::int64_t filters = depthwise ? w[2] * w[3] : w[nchw ? 0 : 3];
  if (op.groups < 1 || channels != group_channels * op.groups)
    return failure("data has {} channels, but the weights {} take {} in each of {} groups", channels, shape_text(w),
                   group_channels, op.groups);
  if (op.winograd_tile != 0) {
    const Shape expected{op.winograd_tile + 2, op.winograd_tile + 2, channels, filters};
    if (w != expected)
      return failure("Winograd's weights have shape {}, expected {}", shape_text(w), shape_text(expected));
    return slid(op.window, in[0], filters, op.layout);
  }
  if (filters % op.groups != 0) return failure("{} filters can't be divided into {} groups", filters, op.groups);
  for (std::size_t d = 0; d < 2; ++d)
    if (w[(nchw ? 2 : 0) + d] != op.window.kernel[d])
      return failure("kernel_shape is {}x{}, but the weights have shape {}", op.window.kernel[0], op.window.kernel[1],
                     shape_text(w));
  Result<TensorType> type = slid(op.window, in[0], filters, op.layout);
  if (!type) return type;
  type->shape[nchw ? 2 : 1] -= op.phases.last_h();
  type->shape[nchw ? 3 : 2] -= op.phases.last_w();
  return type;
}

Result<TensorType> infer_op(const Conv3d& op, Types in) {
  const Shape &x = in[0].shape, &w = in[1].shape;
  if (x.size() != 5 || w.size() != 5)
    return failure("data has shape {} and weights {}, expected 5 dimensions each", shape_text(x), shape_text(w));
  if (x[4] != w[3]) return failure("data has {} channels, but the weights {} take {}", x[4], shape_text(w), w[3]);
  Shape shape = x;
  shape[4] = w[4];
  for (std::size_t d = 0; d < 3; ++d) {
    const std::int64_t reach = (op.kernel[d] - 1) * op.dilations[d] + 1;
    shape[1 + d] = floor_div(x[1 + d] + op.pad_begin[d] + op.pad_end[d] - reach, op.strides[d]) + 1;
    if (shape[1 + d] < 1)
      return failure("a window of {} elements does not fit into dimension {} of data of shape {}", reach, 1 + d,
                     shape_text(x));
  }
  return TensorType{in[0].type, shape};
}

Result<TensorType> infer_op(const Pool& op, Types in) {
  if (in[0].shape.size() != 4) return failure("the data has shape {}, expected 4 dimensions", shape_text(in[0].shape));
  const std::size_t height = op.layout == Layout::nchw ? 2 : 1;
  if (in[0].shape[height] == 0 || in[0].shape[height + 1] == 0)
    return failure("an image without elements (shape {}) can't be pooled", shape_text(in[0].shape));
  Window whole = op.window;
  for (std::size_t d = 0; d < 2; ++d) {
    whole.pad_end[d] += op.overhang[d];
    const std::int64_t padding = std::max(whole.pad_begin[d], whole.pad_end[d]);
    if (padding >= (whole.kernel[d] - 1) * whole.dilations[d] + 1)
      return failure("padding {} is as large as the window {}: it would see no data", padding, whole.kernel[d]);
  }
  return slid(whole, in[0], in[0].shape[op.layout == Layout::nchw ? 1 : 3], op.layout);
}

/// The shape that all broadcast to, aligned at the last dimension.
Result<Shape> broadcast(Shape a, Shape b) {
  if (a.size() < b.size()) a.insert(a.begin(), b.size() - a.size(), 1);
  if (b.size() < a.size()) b.insert(b.begin(), a.size() - b.size(), 1);
  Shape shape = a;
  for (std::size_t d = 0; d < a.size(); ++d) {
    if (a[d] != b[d] && a[d] != 1 && b[d] != 1)
      return failure("shapes {} and {} do not broadcast: dimension {} is {} and {}", shape_text(a), shape_text(b), d,
                     a[d], b[d]);
    shape[d] = a[d] == 1 ? b[d] : a[d];
  }
  return shape;
}

Result<TensorType> infer_op(const MatMul& op, Types in) {
  Shape a = in[0].shape, b = in[1].shape;
  if (a.size() < 2 || b.size() < 2)
    return failure("matrices of shapes {} and {} need at least 2 dimensions each", shape_text(a), shape_text(b));
  if (op.transpose_a) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (op.transpose_b) std::swap(b[b.size() - 1], b[b.size() - 2]);
  if (a.back() != b[b.size() - 2])
    return failure("{} columns of the first matrix meet {} rows of the second (shapes {} and {})", a.back(),
                   b[b.size() - 2], shape_text(a), shape_text(b));
  const Result<Shape> leading = broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  if (!leading) return leading.failure();
  Shape shape = *leading;
  shape.push_back(a[a.size() - 2]);
  shape.push_back(b.back());
  return TensorType{in[0].type, shape};
}

Result<TensorType> infer_op(const BatchNorm&, Types in) {
  if (in[0].shape.size() < 2)
    return failure("the data has shape {}, expected a channel dimension", shape_text(in[0].shape));
  for (const TensorType& parameter : in.subspan(1))
    if (parameter.shape != Shape{in[0].shape[1]})
      return failure("a parameter has shape {}, expected {} (the channels)", shape_text(parameter.shape),
                     in[0].shape[1]);
  return in[0];
}

Result<TensorType> infer_op(const Unary&, Types in) { return in[0]; }
Result<TensorType> infer_op(const Relu&, Types in) { return in[0]; }
Result<TensorType> infer_op(const LeakyRelu&, Types in) { return in[0]; }
Result<TensorType> infer_op(const Clip&, Types in) { return in[0]; }
Result<TensorType> infer_op(const Identity&, Types in) { return in[0]; }
Result<TensorType> infer_op(const Cast& op, Types in) { return TensorType{op.type, in[0].shape}; }

Result<TensorType> infer_op(const Binary& op, Types in) {
  if (in[0].type != in[1].type)
    return failure("types {} and {} differ", tilewright::to_text(in[0].type), tilewright::to_text(in[1].type));
  const Result<Shape> shape = broadcast(in[0].shape, in[1].shape);
  if (!shape) return shape.failure();
  return TensorType{te::is_comparison(op.op) ? DType::boolean : in[0].type, *shape};
}

Result<TensorType> infer_op(const Select&, Types in) {
  if (in[0].type != DType::boolean || in[1].type != in[2].type)
    return failure("types {}, {} and {}, expected bool and twice the same", tilewright::to_text(in[0].type),
                   tilewright::to_text(in[1].type), tilewright::to_text(in[2].type));
  const Result<Shape> values = broadcast(in[1].shape, in[2].shape);
  if (!values) return values.failure();
  const Result<Shape> shape = broadcast(in[0].shape, *values);
  if (!shape) return shape.failure();
  return TensorType{in[1].type, *shape};
}

Result<TensorType> infer_op(const Reduce& op, Types in) {
  Shape shape;
  for (int d = 0; d < static_cast<int>(in[0].shape.size()); ++d) {
    const bool reduced = std::find(op.axes.begin(), op.axes.end(), d) != op.axes.end();
    if (!reduced) shape.push_back(in[0].shape[at(d)]);
    if (reduced && op.keep_dims) shape.push_back(1);
  }
  for (const int axis : op.axes)
    if (axis < 0 || at(axis) >= in[0].shape.size())
      return failure("axis {} is outside of shape {}", axis, shape_text(in[0].shape));
  return TensorType{in[0].type, shape};
}

Result<TensorType> with_axis(int axis, Types in) {
  if (axis < 0 || at(axis) >= in[0].shape.size())
    return failure("axis {} is outside of shape {}", axis, shape_text(in[0].shape));
  return in[0];
}
Result<TensorType> infer_op(const CumSum& op, Types in) { return with_axis(op.axis, in); }
Result<TensorType> infer_op(const Softmax& op, Types in) { return with_axis(op.axis, in); }
Result<TensorType> infer_op(const Lrn& op, Types in) { return with_axis(op.axis, in); }

Result<TensorType> infer_op(const Reshape& op, Types in) {
  if (Status ok = check_indexable(op.shape); !ok) return ok.failure();
  if (product(op.shape) != product(in[0].shape))
    return failure("{} elements (shape {}) can't be seen as shape {}", product(in[0].shape), shape_text(in[0].shape),
                   shape_text(op.shape));
  return TensorType{in[0].type, op.shape};
}

Result<TensorType> infer_op(const Transpose& op, Types in) {
  std::vector<int> sorted = op.order;
  std::sort(sorted.begin(), sorted.end());
  bool permutes = sorted.size() == in[0].shape.size();
  for (int d = 0; permutes && d < static_cast<int>(sorted.size()); ++d) permutes = sorted[at(d)] == d;
  if (!permutes)
    return failure("perm is not an order of the {} dimensions of shape {}", in[0].shape.size(),
                   shape_text(in[0].shape));
  Shape shape;
  for (const int d : op.order) shape.push_back(in[0].shape[at(d)]);
  return TensorType{in[0].type, shape};
}

Result<TensorType> infer_op(const Concat& op, Types in) {
  TensorType joined = in[0];
  if (op.axis < 0 || at(op.axis) >= joined.shape.size())
    return failure("axis {} is outside of shape {}", op.axis, shape_text(joined.shape));
  for (const TensorType& next : in.subspan(1)) {
    if (next.type != joined.type)
      return failure("types {} and {} differ", tilewright::to_text(joined.type), tilewright::to_text(next.type));
    for (std::size_t d = 0; d < std::max(next.shape.size(), joined.shape.size()); ++d)
      if (next.shape.size() != joined.shape.size() || (d != at(op.axis) && next.shape[d] != joined.shape[d]))
        return failure("shapes {} and {} can't be joined along axis {}", shape_text(in[0].shape),
                       shape_text(next.shape), op.axis);
    joined.shape[at(op.axis)] += next.shape[at(op.axis)];
  }
  return joined;
}

Result<TensorType> infer_op(const Pad& op, Types in) {
  if (op.begin.size() != in[0].shape.size() || op.end.size() != in[0].shape.size())
    return failure("{} and {} pads for shape {}", op.begin.size(), op.end.size(), shape_text(in[0].shape));
  Shape shape = in[0].shape;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (op.begin[d] < 0 || op.end[d] < 0) return failure("negative padding {}", std::min(op.begin[d], op.end[d]));
    shape[d] += op.begin[d] + op.end[d];
  }
  return TensorType{in[0].type, shape};
}

Result<TensorType> infer_op(const Slice& op, Types in) {
  for (std::size_t d = 0; d < in[0].shape.size(); ++d) {
    const std::int64_t last = op.starts[d] + (op.shape[d] - 1) * op.steps[d], extent = in[0].shape[d];
    if (op.shape[d] == 0) continue;
    if (std::min(op.starts[d], last) < 0 || std::max(op.starts[d], last) >= extent)
      return failure("elements {} to {} of dimension {} are outside of shape {}", op.starts[d], last, d,
                     shape_text(in[0].shape));
  }
  return TensorType{in[0].type, op.shape};
}

Result<TensorType> infer_op(const Expand& op, Types in) {
  const Result<Shape> shape = broadcast(in[0].shape, op.shape);
  if (!shape) return shape.failure();
  if (*shape != op.shape)
    return failure("shape {} does not broadcast to {}", shape_text(in[0].shape), shape_text(op.shape));
  return TensorType{in[0].type, op.shape};
}

Result<TensorType> infer_op(const Gather& op, Types in) {
  if (op.axis < 0 || at(op.axis) >= in[0].shape.size())
    return failure("axis {} is outside of shape {}", op.axis, shape_text(in[0].shape));
  Shape shape(in[0].shape.begin(), in[0].shape.begin() + op.axis);
  shape.insert(shape.end(), in[1].shape.begin(), in[1].shape.end());
  shape.insert(shape.end(), in[0].shape.begin() + op.axis + 1, in[0].shape.end());
  if (in[0].shape[at(op.axis)] == 0 && !is_empty(shape))
    return failure("axis {} of shape {} has no elements to choose from", op.axis, shape_text(in[0].shape));
  return TensorType{in[0].type, shape};
}

Result<TensorType> infer_op(const GatherElements& op, Types in) {
  const Shape &data = in[0].shape, &indices = in[1].shape;
  if (op.axis < 0 || at(op.axis) >= data.size())
    return failure("axis {} is outside of shape {}", op.axis, shape_text(data));
  bool fits = indices.size() == data.size();
  for (std::size_t d = 0; fits && d < data.size(); ++d) fits = d == at(op.axis) || indices[d] <= data[d];
  if (!fits) return failure("indices of shape {} do not fit data of shape {}", shape_text(indices), shape_text(data));
  if (is_empty(data) && !is_empty(indices)) return failure("shape {} has no elements to choose from", shape_text(data));
  return TensorType{in[0].type, indices};
}

Result<TensorType> infer_op(const Scatter& op, Types in) {
  const Shape &data = in[0].shape, &indices = in[1].shape, &updates = in[2].shape;
  if (op.axis < 0 || at(op.axis) >= data.size())
    return failure("axis {} is outside of shape {}", op.axis, shape_text(data));
  bool fits = indices.size() == data.size() && updates.size() == data.size();
  for (std::size_t d = 0; fits && d < data.size(); ++d) {
    const bool along = d == at(op.axis);
    fits = (along || updates[d] == data[d]) && (indices[d] == updates[d] || (!along && indices[d] == 1));
  }
  if (!fits)
    return failure("updates of shape {} at indices of shape {} do not fit data of shape {}", shape_text(updates),
                   shape_text(indices), shape_text(data));
  return in[0];
}

Result<TensorType> infer_op(const TopK& op, Types in) {
  Result<TensorType> type = with_axis(op.axis, in);
  if (!type) return type;
  std::int64_t& extent = type->shape[at(op.axis)];
  if (op.k < 0 || op.k > extent)
    return failure("k is {}, expected 0 to {} (the extent of axis {})", op.k, extent, op.axis);
  extent = op.k;
  type->type = DType::i64;
  return type;
}

}  // namespace

Status check_indexable(const Shape& shape) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  std::int64_t elements = 1;  // of the dimensions that have any: the others must not hide a large one
  for (const std::int64_t extent : shape) {
    if (extent < 0) return failure("shape {} has a negative dimension", shape_text(shape));
    if (extent > kMost / elements)
      return failure("a tensor of shape {} has more elements than can be indexed ({})", shape_text(shape), kMost);
    elements *= std::max<std::int64_t>(extent, 1);
  }
  return {};
}

Result<TensorType> infer(const Op& op, std::span<const TensorType> inputs) {
  Result<TensorType> type = match_variant(op, [&](const auto& o) { return infer_op(o, inputs); });
  if (!type) return type;
  if (Status ok = check_indexable(type->shape); !ok) return ok.failure();
  return type;
}

}  // namespace tilewright::graph
