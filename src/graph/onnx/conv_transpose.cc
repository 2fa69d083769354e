// Transposed convolution as a convolution and a move from depth to space.
//
// Without cropping, y[q * s + r] = sum over u of x[q - u] * w[u * s + r]: for each r < s, a convolution with the
// weights s apart. All s * s (two dimensions) are one convolution with s * s times as many filters, of kernels
// ceil(k / s), whose output is then interleaved. No multiplication by an inserted zero is left (but where s does not
// divide k).
//
// With enough filters nothing that is cropped is computed either: cropping p at the front turns phase r into position
// r - p of the output modulo s. The filters are put in the order of positions, and the windows of those whose position
// comes after s - p % s begin one further on (Conv::phases).

#include <algorithm>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using Pair = std::array<std::int64_t, 2>;

/// With fewer filters, a vector of results of one phase would be short, and it is better to cut off what is not needed:
/// a heuristic, the lanes of AVX-512.
constexpr std::int64_t kFewestFilters = 16;

/// How a transposed convolution runs, height first.
struct Spread {
  Pair stride{1, 1}, dilation{1, 1}, pad_begin{0, 0}, pad_end{0, 0}, output_padding{0, 0};
};

Pair two_numbers(const OnnxNode& node, std::string_view name, int dims, std::int64_t otherwise, std::int64_t lowest) {
  const std::vector<std::int64_t> given =
      node.sizes(name, std::vector<std::int64_t>(static_cast<std::size_t>(dims), otherwise));
  if (static_cast<int>(given.size()) != dims) refuse("{} has {} numbers, expected {}", name, given.size(), dims);
  for (const std::int64_t value : given)
    if (value < lowest) refuse("{} must be at least {}, found {}", name, lowest, value);
  return dims == 1 ? Pair{otherwise, given[0]} : Pair{given[0], given[1]};
}

/// Padding from an output shape: the total is cut in halves, the odd one at the end for SAME_UPPER, else at the front.
void pad_for(const Pair& wanted, const Pair& full, bool upper, Spread& s) {
  for (std::size_t d = 0; d < 2; ++d) {
    s.output_padding[d] = std::max(s.output_padding[d], wanted[d] - full[d]);
    const std::int64_t total = std::max<std::int64_t>(full[d] + s.output_padding[d] - wanted[d], 0);
    s.pad_begin[d] = upper ? total / 2 : total - total / 2;
    s.pad_end[d] = total - s.pad_begin[d];
  }
}

Spread read_spread(const OnnxNode& node, int dims, const Pair& extent, const Pair& kernel) {
  Spread s;
  s.stride = two_numbers(node, "strides", dims, 1, 1);
  s.dilation = two_numbers(node, "dilations", dims, 1, 1);
  s.output_padding = two_numbers(node, "output_padding", dims, 0, 0);
  Pair full;
  for (std::size_t d = 0; d < 2; ++d) full[d] = (extent[d] - 1) * s.stride[d] + (kernel[d] - 1) * s.dilation[d] + 1;
  const std::string automatic = node.text("auto_pad", "NOTSET");
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (!same && automatic != "NOTSET" && automatic != "VALID")
    refuse("auto_pad is '{}', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID", automatic);
  if (node.has("output_shape")) {
    pad_for(two_numbers(node, "output_shape", dims, 1, 1), full, automatic == "SAME_UPPER", s);
  } else if (same) {
    pad_for({extent[0] * s.stride[0], extent[1] * s.stride[1]}, full, automatic == "SAME_UPPER", s);
  } else if (automatic == "NOTSET") {
    const std::vector<std::int64_t> pads =
        node.sizes("pads", std::vector<std::int64_t>(static_cast<std::size_t>(2 * dims), 0));
    if (static_cast<int>(pads.size()) != 2 * dims) refuse("pads has {} numbers, expected {}", pads.size(), 2 * dims);
    for (int d = 0; d < dims; ++d) {
      s.pad_begin[static_cast<std::size_t>(2 - dims + d)] = pads[static_cast<std::size_t>(d)];
      s.pad_end[static_cast<std::size_t>(2 - dims + d)] = pads[static_cast<std::size_t>(dims + d)];
    }
  }
  for (std::size_t d = 0; d < 2; ++d)
    if (s.pad_begin[d] < 0 || s.pad_end[d] < 0) refuse("pads must not be negative");
  return s;
}

TensorId pad_end(OnnxNode& node, TensorId id, std::size_t dimension, std::int64_t amount) {
  if (amount == 0) return id;
  Pad pad{Shape(node.shape_of(id).size(), 0), Shape(node.shape_of(id).size(), 0), 0};
  pad.end[dimension] = amount;
  return node.add(pad, {id});
}

/// Weights [c, f, kh, kw] with the taps `dilation` apart: zeros stand between them.
TensorId dilated(OnnxNode& node, TensorId weights, const Pair& dilation) {
  for (std::size_t d = 0; d < 2; ++d) {
    if (dilation[d] == 1) continue;
    Shape apart = node.shape_of(weights);
    const std::int64_t taps = apart[2 + d];
    apart.insert(apart.begin() + static_cast<std::ptrdiff_t>(3 + d), 1);
    weights = pad_end(node, node.reshape(weights, apart), 3 + d, dilation[d] - 1);
    Shape joined = node.shape_of(weights);
    joined.erase(joined.begin() + static_cast<std::ptrdiff_t>(3 + d));
    joined[2 + d] = taps * dilation[d];  // zeros past the last tap change nothing
    weights = node.reshape(weights, joined);
  }
  return weights;
}

/// The tensor with the first `by` elements of a dimension moved to its end.
TensorId rotated(OnnxNode& node, TensorId tensor, std::size_t dimension, std::int64_t by) {
  if (by == 0) return tensor;
  const Shape shape = node.shape_of(tensor);
  std::vector<TensorId> parts;
  for (const auto& [first, end] : {Pair{by, shape[dimension]}, Pair{0, by}}) {
    Slice part{Shape(shape.size(), 0), Shape(shape.size(), 1), shape};
    part.starts[dimension] = first, part.shape[dimension] = end - first;
    parts.push_back(node.add(part, {tensor}));
  }
  return node.add(Concat{static_cast<int>(dimension)}, {parts[0], parts[1]});
}

/// Weights [g * c, f, kh, kw] as those of the convolution: [g * sh * sw * f, c, kh / sh, kw / sw], taps reversed, those
/// of phase `first` of each dimension in front.
TensorId interleaved_weights(OnnxNode& node, TensorId weights, std::int64_t groups, const Pair& stride,
                             const Pair& first) {
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t taps = node.shape_of(weights)[2 + d];
    weights = pad_end(node, weights, 2 + d, ceil_div(taps, stride[d]) * stride[d] - taps);
  }
  const Shape w = node.shape_of(weights);
  const std::int64_t kh = w[2] / stride[0], kw = w[3] / stride[1], c = w[0] / groups;
  weights = node.reshape(weights, {groups, c, w[1], kh, stride[0], kw, stride[1]});
  weights = rotated(node, rotated(node, weights, 4, first[0]), 6, first[1]);
  weights = node.add(Transpose{{0, 4, 6, 2, 1, 3, 5}}, {weights});
  weights = node.reshape(weights, {groups * stride[0] * stride[1] * w[1], c, kh, kw});
  const Shape shape = node.shape_of(weights);
  return node.add(Slice{{0, 0, kh - 1, kw - 1}, {1, 1, -1, -1}, shape}, {weights});
}

}  // namespace

Outputs import_conv_transpose(OnnxNode& node) {
  const int dims = node.rank(0) - 2;
  if ((dims != 1 && dims != 2) || node.rank(1) != node.rank(0))
    refuse("data of shape {} and weights of shape {}; supported are 1 and 2 spatial dimensions (3 or 4 in all)",
           shape_text(node.shape(0)), shape_text(node.shape(1)));
  const auto image = [&](TensorId id) {
    const Shape shape = node.shape_of(id);
    return dims == 1 ? node.reshape(id, {shape[0], shape[1], 1, shape[2]}) : id;
  };
  const TensorId data = image(node.input(0)), given = image(node.input(1));
  const Shape x = node.shape_of(data), w = node.shape_of(given);
  const std::int64_t groups = node.integer("group", 1);
  if (groups < 1 || x[1] != w[0] || x[1] % groups != 0)
    refuse("data has {} channels, weights {} take {}, in {} groups", x[1], shape_text(node.shape(1)), w[0], groups);
  if (node.has("kernel_shape") && two_numbers(node, "kernel_shape", dims, 1, 1) != Pair{w[2], w[3]})
    refuse("kernel_shape does not fit its weights of shape {}", shape_text(node.shape(1)));
  const Spread s = read_spread(node, dims, {x[2], x[3]}, {w[2], w[3]});

  Shape length(2);
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t full = (x[2 + d] - 1) * s.stride[d] + (w[2 + d] - 1) * s.dilation[d] + 1;
    length[d] = full + s.output_padding[d] - s.pad_begin[d] - s.pad_end[d];
    if (length[d] < 1) refuse("its output would have extent {}", length[d]);
  }
  bool in_phases = groups == 1 && w[1] >= kFewestFilters;
  for (std::size_t d = 0; d < 2; ++d)  // else windows would begin inside the image
    in_phases = in_phases && s.pad_begin[d] / s.stride[d] < ceil_div(w[2 + d] * s.dilation[d], s.stride[d]);
  const Pair first = in_phases ? Pair{s.pad_begin[0] % s.stride[0], s.pad_begin[1] % s.stride[1]} : Pair{0, 0};
  const TensorId weights = interleaved_weights(node, dilated(node, given, s.dilation), groups, s.stride, first);

  Conv conv{Window{.kernel = {node.shape_of(weights)[2], node.shape_of(weights)[3]}}, groups, Layout::nchw};
  if (in_phases) conv.phases = {.h = s.stride[0], .w = s.stride[1], .begin_h = first[0], .begin_w = first[1]};
  const Pair late{conv.phases.last_h(), conv.phases.last_w()};
  Pair front = s.pad_begin;  // of the interleaved output, to be cut off
  for (std::size_t d = 0; d < 2; ++d) {
    conv.window.pad_begin[d] = conv.window.pad_end[d] = conv.window.kernel[d] - 1;
    if (!in_phases) continue;
    const std::int64_t windows = s.pad_begin[d] / s.stride[d];
    conv.window.pad_begin[d] -= windows;
    conv.window.pad_end[d] = std::max<std::int64_t>(ceil_div(length[d], s.stride[d]) + late[d] + windows - x[2 + d], 0);
    front[d] = 0;
  }
  TensorId out = node.add(conv, {data, weights});
  const Shape y = node.shape_of(out);
  const std::int64_t filters = groups * w[1];
  out = node.reshape(out, {y[0], groups, s.stride[0], s.stride[1], w[1], y[2], y[3]});
  out = node.add(Transpose{{0, 1, 4, 5, 2, 6, 3}}, {out});
  out = node.reshape(out, {y[0], filters, y[2] * s.stride[0], y[3] * s.stride[1]});

  for (std::size_t d = 0; d < 2; ++d)
    out = pad_end(node, out, 2 + d, std::max<std::int64_t>(front[d] + length[d] - node.shape_of(out)[2 + d], 0));
  const Shape whole = node.shape_of(out);
  Slice crop{Shape(4, 0), Shape(4, 1), {whole[0], whole[1], length[0], length[1]}};
  crop.starts[2] = front[0], crop.starts[3] = front[1];
  if (crop.shape != whole) out = node.add(crop, {out});
  if (node.has_input(2)) {
    if (node.shape(2) != Shape{filters})
      refuse("its bias has shape {}, expected {}", shape_text(node.shape(2)), filters);
    out = node.binary(te::BinaryOp::add, out, node.reshape(node.input(2), {filters, 1, 1}));
  }
  const Shape shape = node.shape_of(out);
  return {dims == 1 ? node.reshape(out, {shape[0], shape[1], shape[3]}) : out};
}

}  // namespace tilewright::graph
