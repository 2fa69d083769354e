// Operators that repeat data, or move blocks of it between space and depth.

#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {

Outputs import_tile(OnnxNode& node) {
  const Shape data = node.shape(0);
  const std::vector<std::int64_t> repeats = node.constant_sizes(1, "repeats");
  if (repeats.size() != data.size()) refuse("{} repeats for data of shape {}", repeats.size(), shape_text(data));
  Shape apart, repeated, result;
  for (std::size_t d = 0; d < data.size(); ++d) {
    if (repeats[d] < 0) refuse("repeats must not be negative, found {}", repeats[d]);
    apart.insert(apart.end(), {1, data[d]});
    repeated.insert(repeated.end(), {repeats[d], data[d]});
    result.push_back(repeats[d] * data[d]);
  }
  return {node.reshape(node.add(Expand{repeated}, {node.reshape(node.input(0), apart)}), result)};
}

namespace {

/// Data as [n, c, h, w], and the block size, which must divide `what`.
std::int64_t block_of(const OnnxNode& node) {
  const std::int64_t block = node.integer("blocksize", 0);
  if (block < 1) refuse("attribute 'blocksize' must be at least 1, found {}", block);
  if (block > OnnxNode::kLargestSize) refuse("attribute 'blocksize' is {}", block);
  if (node.rank(0) != 4) refuse("its data has shape {}, expected 4 dimensions", shape_text(node.shape(0)));
  return block;
}

/// Whether the place in a block comes before the channel (DCR) or after it (CRD).
bool is_depth_first(const OnnxNode& node) {
  const std::string mode = node.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") refuse("mode is '{}', expected DCR or CRD", mode);
  return mode == "DCR";
}

}  // namespace

Outputs import_depth_to_space(OnnxNode& node) {
  const std::int64_t b = block_of(node);
  const Shape x = node.shape(0);
  if (x[1] % (b * b) != 0) refuse("{} channels can't be divided into blocks of {}x{}", x[1], b, b);
  const std::int64_t c = x[1] / (b * b);
  const bool depth_first = is_depth_first(node);
  const TensorId blocks =
      node.reshape(node.input(0), depth_first ? Shape{x[0], b, b, c, x[2], x[3]} : Shape{x[0], c, b, b, x[2], x[3]});
  const std::vector<int> order = depth_first ? std::vector{0, 3, 4, 1, 5, 2} : std::vector{0, 1, 4, 2, 5, 3};
  return {node.reshape(node.add(Transpose{order}, {blocks}), {x[0], c, x[2] * b, x[3] * b})};
}

Outputs import_space_to_depth(OnnxNode& node) {
  const std::int64_t b = block_of(node);
  const Shape x = node.shape(0);
  if (x[2] % b != 0 || x[3] % b != 0) refuse("an image of {}x{} can't be cut into blocks of {}", x[2], x[3], b);
  const TensorId blocks = node.reshape(node.input(0), {x[0], x[1], x[2] / b, b, x[3] / b, b});
  const std::vector<int> order = is_depth_first(node) ? std::vector{0, 3, 5, 1, 2, 4} : std::vector{0, 1, 3, 5, 2, 4};
  return {node.reshape(node.add(Transpose{order}, {blocks}), {x[0], x[1] * b * b, x[2] / b, x[3] / b})};
}

}  // namespace tilewright::graph
