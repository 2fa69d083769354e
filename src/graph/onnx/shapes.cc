// Operators that change how a tensor is seen, or the order of its dimensions.

#include <algorithm>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {

Outputs import_identity(OnnxNode& node) { return {node.add(Identity{}, {node.input(0)})}; }

Outputs import_reshape(OnnxNode& node) {
  const Shape data = node.shape(0);
  Shape shape = node.constant_sizes(1, "shape");
  const bool allow_zero = node.integer("allowzero", 0) != 0;
  int unknown = -1;
  std::int64_t known = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0 && !allow_zero) {
      if (d >= data.size())
        refuse("shape {} copies dimension {}, but its data has shape {}", shape_text(shape), d, shape_text(data));
      shape[d] = data[d];
    }
    if (shape[d] < -1 || (shape[d] == -1 && unknown >= 0)) refuse("{} is no shape to give to data", shape_text(shape));
    if (shape[d] == -1)
      unknown = static_cast<int>(d);
    else if (__builtin_mul_overflow(known, shape[d], &known))
      refuse("shape {} has too many elements", shape_text(shape));
  }
  if (unknown >= 0) {
    if (known == 0 || product(data) % known != 0)
      refuse("{} elements (shape {}) can't be divided to fit shape {}", product(data), shape_text(data),
             shape_text(shape));
    shape[static_cast<std::size_t>(unknown)] = product(data) / known;
  }
  return {node.add(Reshape{shape}, {node.input(0)})};
}

Outputs import_flatten(OnnxNode& node) {
  const Shape data = node.shape(0);
  const std::int64_t given = node.integer("axis", 1);
  const int axis = given == node.rank(0) ? node.rank(0) : node.axis(given, node.rank(0));
  const Shape outer(data.begin(), data.begin() + axis), inner(data.begin() + axis, data.end());
  return {node.add(Reshape{{product(outer), product(inner)}}, {node.input(0)})};
}

namespace {

/// The axes as attribute (until opset 12) or as second input.
std::vector<std::int64_t> given_axes(const OnnxNode& node) {
  return node.has_input(1) ? node.constant_integers(1, "axes") : node.integers("axes", {});
}

}  // namespace

Outputs import_squeeze(OnnxNode& node) {
  const Shape data = node.shape(0);
  const std::vector<int> axes = node.axes(given_axes(node), node.rank(0));
  Shape shape;
  for (int d = 0; d < node.rank(0); ++d) {
    const std::int64_t extent = data[static_cast<std::size_t>(d)];
    const bool named = std::find(axes.begin(), axes.end(), d) != axes.end();
    if (named && extent != 1) refuse("axis {} has extent {}, expected 1 (shape {})", d, extent, shape_text(data));
    if (!named && !(axes.empty() && extent == 1)) shape.push_back(extent);
  }
  return {node.add(Reshape{shape}, {node.input(0)})};
}

Outputs import_unsqueeze(OnnxNode& node) {
  const std::vector<std::int64_t> given = given_axes(node);
  Shape shape = node.shape(0);
  for (const int axis : node.axes(given, node.rank(0) + static_cast<int>(given.size())))
    shape.insert(shape.begin() + axis, 1);  // ascending, so each lands where it belongs
  return {node.add(Reshape{shape}, {node.input(0)})};
}

Outputs import_transpose(OnnxNode& node) {
  std::vector<std::int64_t> reversed;
  for (int d = node.rank(0); d-- > 0;) reversed.push_back(d);
  const std::vector<std::int64_t> given = node.integers("perm", reversed);
  return {node.add(Transpose{{given.begin(), given.end()}}, {node.input(0)})};
}

/// To the shape that the data and the given shape broadcast to together.
Outputs import_expand(OnnxNode& node) {
  Shape data = node.shape(0), shape = node.constant_sizes(1, "shape");
  const std::size_t rank = std::max(data.size(), shape.size());
  data.insert(data.begin(), rank - data.size(), 1);
  shape.insert(shape.begin(), rank - shape.size(), 1);
  for (std::size_t d = 0; d < rank; ++d)
    if (shape[d] == 1) shape[d] = data[d];
  return {node.add(Expand{shape}, {node.input(0)})};
}

}  // namespace tilewright::graph
