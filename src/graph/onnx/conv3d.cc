// Windows over three spatial dimensions.

#include <algorithm>

#include "base/shape_text.h"
#include "graph/onnx/functions.h"
#include "graph/onnx/slide.h"

namespace tilewright::graph {
namespace {

using Triple = std::array<std::int64_t, 3>;

Triple triple(const OnnxNode& node, std::string_view name, std::int64_t otherwise) {
  const std::vector<std::int64_t> given = node.sizes(name, {otherwise, otherwise, otherwise});
  if (given.size() != 3)
    refuse("{} has {} numbers, expected 3 for data of shape {}", name, given.size(), shape_text(node.shape(0)));
  for (const std::int64_t value : given)
    if (value < 1) refuse("{} must be at least 1, found {}", name, value);
  return {given[0], given[1], given[2]};
}

Slide slide_of(const Conv3d& box, std::size_t d, std::int64_t extent) {
  return {extent, box.kernel[d], box.strides[d], box.dilations[d], box.pad_begin[d], box.pad_end[d]};
}

/// Padding as given, or for an output of ceil(extent / stride) elements.
void read_pads(const OnnxNode& node, Conv3d& conv) {
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic == "NOTSET") {
    const std::vector<std::int64_t> pads = node.sizes("pads", std::vector<std::int64_t>(6, 0));
    if (pads.size() != 6)
      refuse("pads has {} numbers, expected 6 for data of shape {}", pads.size(), shape_text(node.shape(0)));
    for (const std::int64_t pad : pads)
      if (pad < 0) refuse("pads must not be negative, found {}", pad);
    std::copy_n(pads.begin(), 3, conv.pad_begin.begin());
    std::copy_n(pads.begin() + 3, 3, conv.pad_end.begin());
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    for (std::size_t d = 0; d < 3; ++d) {
      Slide slide = slide_of(conv, d, node.shape(0)[2 + d]);
      slide.pad_to_same(automatic == "SAME_UPPER");
      conv.pad_begin[d] = slide.pad_begin;
      conv.pad_end[d] = slide.pad_end;
    }
  } else if (automatic != "VALID") {
    refuse("auto_pad is '{}', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID", automatic);
  }
}

}  // namespace

Outputs import_conv3d(OnnxNode& node) {
  if (node.rank(1) != 5)
    refuse("its weights have shape {}, expected 5 dimensions like its data", shape_text(node.shape(1)));
  if (node.integer("group", 1) != 1)
    refuse("group {} is not supported with 3 spatial dimensions, only 1", node.integer("group", 1));
  const Shape w = node.shape(1);
  Conv3d conv{
      .kernel = {w[2], w[3], w[4]}, .strides = triple(node, "strides", 1), .dilations = triple(node, "dilations", 1)};
  if (node.has("kernel_shape") && triple(node, "kernel_shape", 1) != conv.kernel)
    refuse("kernel_shape does not fit its weights of shape {}", shape_text(w));
  read_pads(node, conv);
  const TensorId data = node.add(Transpose{{0, 2, 3, 4, 1}}, {node.input(0)});
  TensorId out = node.add(conv, {data, node.add(Transpose{{2, 3, 4, 1, 0}}, {node.input(1)})});
  out = node.add(Transpose{{0, 4, 1, 2, 3}}, {out});
  if (node.has_input(2)) {
    if (node.shape(2) != Shape{w[0]}) refuse("its bias has shape {}, expected {}", shape_text(node.shape(2)), w[0]);
    out = node.binary(te::BinaryOp::add, out, node.reshape(node.input(2), {w[0], 1, 1, 1}));
  }
  return {out};
}

/// Maxima and means over a box are those over its depth of those over its area.
Outputs import_pool3d(OnnxNode& node, PoolKind kind, bool count_padding) {
  if (!node.has("kernel_shape")) refuse("attribute 'kernel_shape' is missing");
  Conv3d box{.kernel = triple(node, "kernel_shape", 1),
             .strides = triple(node, "strides", 1),
             .dilations = triple(node, "dilations", 1)};
  read_pads(node, box);
  const auto window = [&](std::size_t height, std::size_t width) {
    Pool pool{kind, {}, count_padding, Layout::nchw};
    Window& w = pool.window;
    std::size_t d = 0;
    for (const std::size_t from : {height, width}) {
      if (from < 3) {
        w.kernel[d] = box.kernel[from];
        w.strides[d] = box.strides[from];
        w.dilations[d] = box.dilations[from];
        w.pad_begin[d] = box.pad_begin[from];
        w.pad_end[d] = box.pad_end[from];
        if (node.integer("ceil_mode", 0) != 0)
          pool.overhang[d] = slide_of(box, from, node.shape(0)[2 + from]).overhang();
      }
      ++d;
    }
    return pool;
  };
  const Shape x = node.shape(0);
  const TensorId planes = node.add(window(1, 2), {node.reshape(node.input(0), {x[0], x[1] * x[2], x[3], x[4]})});
  const Shape p = node.shape_of(planes);
  constexpr std::size_t kNone = 3;
  const TensorId out = node.add(window(0, kNone), {node.reshape(planes, {x[0], x[1], x[2], p[2] * p[3]})});
  return {node.reshape(out, {x[0], x[1], node.shape_of(out)[2], p[2], p[3]})};
}

}  // namespace tilewright::graph
