// Operators that join tensors or cut them.

#include <algorithm>
#include <numeric>

#include "base/integer.h"
#include "base/rounding.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {

Outputs import_concat(OnnxNode& node) {
  if (!node.has("axis")) refuse("attribute 'axis' is missing");
  const int axis = node.axis(node.integer("axis", 0), node.rank(0));
  return {node.add(Concat{axis}, node.inputs())};
}

namespace {

/// Lengths as attribute (until opset 12) or second input; else equal parts, the last one shorter if need be.
std::vector<std::int64_t> split_lengths(const OnnxNode& node, std::int64_t extent) {
  if (node.has_input(1)) return node.constant_sizes(1, "split");
  if (node.has("split")) return node.sizes("split", {});
  const std::int64_t parts = node.integer("num_outputs", node.num_outputs());
  if (parts < 1 || parts > std::max<std::int64_t>(extent, node.num_outputs()))
    refuse("an extent of {} can't be cut into {} parts", extent, parts);
  std::vector<std::int64_t> equal(static_cast<std::size_t>(parts), ceil_div(extent, parts));
  equal.back() = extent - (parts - 1) * equal.front();
  return equal;
}

}  // namespace

Outputs import_split(OnnxNode& node) {
  const int axis = node.axis(node.integer("axis", 0), node.rank(0));
  const std::int64_t extent = node.shape(0)[static_cast<std::size_t>(axis)];
  const std::vector<std::int64_t> lengths = split_lengths(node, extent);
  if (const std::int64_t sum = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}); sum != extent)
    refuse("its parts add up to {}, but axis {} has extent {}", sum, axis, extent);
  for (const std::int64_t length : lengths)
    if (length < 0) refuse("a part of {} elements of axis {} of extent {}", length, axis, extent);
  Outputs outputs;
  std::int64_t start = 0;
  for (const std::int64_t length : lengths) {
    outputs.push_back(node.slice(node.input(0), axis, start, length));
    start += length;
  }
  return outputs;
}

/// Attributes until opset 9, inputs since. Bounds are clamped to the data as NumPy does.
Outputs import_slice(OnnxNode& node) {
  const bool by_inputs = node.opset() >= 10;
  const std::vector<std::int64_t> starts =
      by_inputs ? node.constant_integers(1, "starts") : node.integers("starts", {});
  const std::vector<std::int64_t> ends = by_inputs ? node.constant_integers(2, "ends") : node.integers("ends", {});
  std::vector<std::int64_t> axes(starts.size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = node.has_input(3) ? node.constant_integers(3, "axes") : node.integers("axes", axes);
  std::vector<std::int64_t> steps(starts.size(), 1);
  if (node.has_input(4)) steps = node.constant_integers(4, "steps");
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    refuse("{} starts, {} ends, {} axes and {} steps, expected as many of each", starts.size(), ends.size(),
           axes.size(), steps.size());

  const std::size_t rank = node.shape(0).size();
  Slice slice{Shape(rank, 0), Shape(rank, 1), node.shape(0)};
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto d = static_cast<std::size_t>(node.axis(axes[i], node.rank(0)));
    const std::int64_t extent = node.shape(0)[d], step = steps[i];
    if (step == 0) refuse("a step of 0");
    if (std::max(step, -(step + 1)) > OnnxNode::kLargestSize) refuse("a step of {}", step);
    const auto clamped = [&](std::int64_t bound) {
      if (bound < 0) bound = std::max<std::int64_t>(bound, -extent - 1) + extent;
      return step > 0 ? std::clamp<std::int64_t>(bound, 0, extent) : std::clamp<std::int64_t>(bound, -1, extent - 1);
    };
    const std::int64_t first = clamped(starts[i]), last = clamped(ends[i]);
    slice.starts[d] = first;
    slice.steps[d] = step;
    slice.shape[d] = std::max<std::int64_t>(step > 0 ? ceil_div(last - first, step) : ceil_div(first - last, -step), 0);
  }
  return {node.add(slice, {node.input(0)})};
}

namespace {

struct Padding {
  std::vector<std::int64_t> amounts;  ///< all begins, then all ends
  Number value = 0.0;
};

/// Attributes until opset 10, inputs since; since 18 for some axes only.
Padding read_padding(const OnnxNode& node) {
  if (!node.has_input(1)) return {node.sizes("pads", {}), node.real("value", 0)};
  Padding padding{node.constant_sizes(1, "pads"), node.has_input(2) ? node.constant_number(2, "constant_value") : 0.0};
  if (!node.has_input(3)) return padding;
  const std::vector<std::int64_t> axes = node.constant_integers(3, "axes");
  const auto rank = static_cast<std::size_t>(node.rank(0));
  if (padding.amounts.size() != 2 * axes.size()) refuse("{} pads for {} axes", padding.amounts.size(), axes.size());
  std::vector<std::int64_t> all(2 * rank, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto d = static_cast<std::size_t>(node.axis(axes[i], node.rank(0)));
    all[d] = padding.amounts[i];
    all[rank + d] = padding.amounts[axes.size() + i];
  }
  padding.amounts = all;
  return padding;
}

}  // namespace

namespace {

/// The data without what negative amounts cut off, which become 0.
TensorId cut_by_pads(OnnxNode& node, std::vector<std::int64_t>& amounts) {
  const std::size_t rank = node.shape(0).size();
  if (amounts.size() != 2 * rank) refuse("{} pads for shape {}", amounts.size(), shape_text(node.shape(0)));
  Slice slice{Shape(rank, 0), Shape(rank, 1), node.shape(0)};
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t begin = std::max<std::int64_t>(-amounts[d], 0),
                       end = std::max<std::int64_t>(-amounts[rank + d], 0);
    slice.starts[d] = begin;
    slice.shape[d] -= begin + end;
    if (slice.shape[d] < 0)
      refuse("pads {} and {} cut off more than dimension {} of shape {} has", amounts[d], amounts[rank + d], d,
             shape_text(node.shape(0)));
  }
  for (std::int64_t& amount : amounts) amount = std::max<std::int64_t>(amount, 0);
  return slice.shape == node.shape(0) ? node.input(0) : node.add(slice, {node.input(0)});
}

/// Padding with the nearest element ("edge"), with the data mirrored at its first and last element ("reflect"), or with
/// the data again ("wrap").
TensorId pad_with_data(OnnxNode& node, const std::string& mode, TensorId data,
                       const std::vector<std::int64_t>& amounts) {
  if (mode != "edge" && mode != "reflect" && mode != "wrap")
    refuse("mode '{}' is not supported, only constant, edge, reflect and wrap", mode);
  const Shape shape = node.shape_of(data);
  const std::size_t rank = shape.size();
  TensorId out = data;
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t begin = amounts[d], end = amounts[rank + d], extent = shape[d];
    if (begin == 0 && end == 0) continue;
    const std::int64_t most = mode == "reflect" ? extent - 1 : mode == "wrap" ? extent : OnnxNode::kLargestSize;
    if (std::max(begin, end) > most)
      refuse("pads {} and {} of mode {} do not fit dimension {} of shape {}", begin, end, mode, d, shape_text(shape));
    const auto axis = static_cast<int>(d);
    const auto border = [&](std::int64_t edge, std::int64_t first_mirrored, std::int64_t count) {
      if (mode == "reflect") return node.slice(out, axis, first_mirrored, count, -1);
      if (mode == "wrap") return node.slice(out, axis, edge == 0 ? extent - count : 0, count);
      Shape repeated = node.shape_of(out);
      repeated[d] = count;
      return node.add(Expand{repeated}, {node.slice(out, axis, edge, 1)});
    };
    std::vector<TensorId> pieces;
    if (begin > 0) pieces.push_back(border(0, begin, begin));
    pieces.push_back(out);
    if (end > 0) pieces.push_back(border(extent - 1, extent - 2, end));
    if (pieces.size() > 1) out = node.add(Concat{static_cast<int>(d)}, pieces);
  }
  return out == node.input(0) ? node.add(Identity{}, {out}) : out;
}

}  // namespace

Outputs import_pad(OnnxNode& node) {
  Padding padding = read_padding(node);
  const TensorId data = cut_by_pads(node, padding.amounts);
  if (const std::string mode = node.text("mode", "constant"); mode != "constant")
    return {pad_with_data(node, mode, data, padding.amounts)};
  const auto half = static_cast<std::ptrdiff_t>(padding.amounts.size() / 2);
  const Pad pad{Shape(padding.amounts.begin(), padding.amounts.begin() + half),
                Shape(padding.amounts.begin() + half, padding.amounts.end()), to_type(node.type(0), padding.value)};
  return {node.add(pad, {data})};
}

/// Cut or padded with zeros on both sides alike, the odd one at the end.
Outputs import_center_crop_pad(OnnxNode& node) {
  const std::vector<std::int64_t> sizes = node.constant_sizes(1, "shape");
  std::vector<std::int64_t> axes(node.shape(0).size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = node.integers("axes", axes);
  if (axes.size() != sizes.size()) refuse("{} sizes for {} axes", sizes.size(), axes.size());
  node.axes(axes, node.rank(0));  // none twice
  const std::size_t rank = node.shape(0).size();
  Slice slice{Shape(rank, 0), Shape(rank, 1), node.shape(0)};
  Pad pad{Shape(rank, 0), Shape(rank, 0), to_type(node.type(0), 0.0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto d = static_cast<std::size_t>(node.axis(axes[i], node.rank(0)));
    const std::int64_t extent = node.shape(0)[d], wanted = sizes[i];
    if (wanted < 0) refuse("a size of {}", wanted);
    slice.shape[d] = std::min(extent, wanted);
    slice.starts[d] = (extent - slice.shape[d]) / 2;
    const std::int64_t added = wanted - slice.shape[d];
    pad.begin[d] = added / 2;
    pad.end[d] = added - added / 2;
  }
  return {node.add(pad, {node.add(slice, {node.input(0)})})};
}

Outputs import_gather(OnnxNode& node) {
  if (node.type(1) != DType::i64 && node.type(1) != DType::i32)
    refuse("its indices have type {}, expected i64 or i32", tilewright::to_text(node.type(1)));
  const int axis = node.axis(node.integer("axis", 0), node.rank(0));
  const std::int64_t extent = node.shape(0)[static_cast<std::size_t>(axis)];
  if (node.is_constant(1))
    for (const std::int64_t index : node.constant_integers(1, "indices"))
      if (index < -extent || index >= extent)
        refuse("index {} is outside of axis {} of shape {}", index, axis, shape_text(node.shape(0)));
  const TensorId list = node.reshape(node.input(1), {product(node.shape(1))});
  const TensorId out = node.add(Gather{axis}, {node.input(0), list});
  Shape shape = node.shape(0);
  shape.erase(shape.begin() + axis);
  shape.insert(shape.begin() + axis, node.shape(1).begin(), node.shape(1).end());
  return {node.reshape(out, shape)};
}

}  // namespace tilewright::graph
