// Resize and Upsample: one dimension after the other, each output element a weighted sum of a few elements.

#include <algorithm>
#include <cmath>

#include "base/integer.h"
#include "graph/array.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;

/// How output positions of one dimension map to input positions.
struct Sampling {
  std::string mode, coordinates, nearest;
  double cubic_a;
  bool exclude_outside;
};

/// For each output element, the input elements (in range) and weights of one tap.
struct Tap {
  std::vector<std::int64_t> index;
  std::vector<double> weight;
};

double source_position(const Sampling& s, std::int64_t x, double scale, std::int64_t in, std::int64_t out) {
  const auto at = static_cast<double>(x);
  if (s.coordinates == "half_pixel") return (at + 0.5) / scale - 0.5;
  if (s.coordinates == "pytorch_half_pixel") return out > 1 ? (at + 0.5) / scale - 0.5 : 0;
  if (s.coordinates == "asymmetric") return at / scale;
  if (s.coordinates == "align_corners")
    return out > 1 ? at * static_cast<double>(in - 1) / static_cast<double>(out - 1) : 0;
  refuse("coordinate_transformation_mode '{}' is not supported", s.coordinates);
}

double nearest(const Sampling& s, double x) {
  if (s.nearest == "round_prefer_floor") return std::ceil(x - 0.5);
  if (s.nearest == "round_prefer_ceil") return std::floor(x + 0.5);
  if (s.nearest == "floor") return std::floor(x);
  if (s.nearest == "ceil") return std::ceil(x);
  refuse("nearest_mode '{}' is not supported", s.nearest);
}

/// Keys' cubic convolution at distance `t`.
double cubic(double t, double a) {
  t = std::abs(t);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
}

/// Taps of one dimension: 1 (nearest), 2 (linear) or 4 (cubic); elements outside are those at the border.
std::vector<Tap> taps_of(const Sampling& s, std::int64_t in, std::int64_t out, double scale) {
  const int count = s.mode == "nearest" ? 1 : s.mode == "linear" ? 2 : 4;
  std::vector<Tap> taps(static_cast<std::size_t>(count));
  for (std::int64_t x = 0; x < out; ++x) {
    const double position = source_position(s, x, scale, in, out);
    const double first = count == 1 ? nearest(s, position) : std::floor(position) - (count == 4 ? 1 : 0);
    double sum = 0;
    std::vector<double> weights;
    for (int k = 0; k < count; ++k) {
      const double distance = position - (first + k);
      double weight = count == 1 ? 1 : count == 2 ? 1 - std::abs(distance) : cubic(distance, s.cubic_a);
      if (s.exclude_outside && (first + k < 0 || first + k >= static_cast<double>(in))) weight = 0;
      weights.push_back(weight);
      sum += weight;
    }
    for (int k = 0; k < count; ++k) {
      Tap& tap = taps[static_cast<std::size_t>(k)];
      tap.index.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(first) + k, 0, in - 1));
      tap.weight.push_back(weights[static_cast<std::size_t>(k)] / (s.exclude_outside ? sum : 1));
    }
  }
  return taps;
}

/// The elements of dimension `d` named by `index`: repeated where each is taken equally often in order, else gathered.
TensorId select_elements(OnnxNode& node, TensorId x, std::size_t d, const std::vector<std::int64_t>& index) {
  const Shape shape = node.shape_of(x);
  const auto out = static_cast<std::int64_t>(index.size());
  const std::int64_t times = out / shape[d];
  bool repeats = times >= 1 && out % shape[d] == 0;
  for (std::int64_t i = 0; repeats && i < out; ++i) repeats = index[static_cast<std::size_t>(i)] == i / times;
  if (repeats) {
    Shape apart = shape, repeated, joined = shape;
    apart.insert(apart.begin() + static_cast<std::ptrdiff_t>(d) + 1, 1);
    repeated = apart;
    repeated[d + 1] = times;
    joined[d] = out;
    return node.reshape(node.add(Expand{repeated}, {node.reshape(x, apart)}), joined);
  }
  runtime::Tensor list(DType::i64, {out});
  std::copy(index.begin(), index.end(), list.as<std::int64_t>().begin());
  return node.add(Gather{static_cast<int>(d)}, {x, node.add_constant(std::move(list))});
}

TensorId resize_dimension(OnnxNode& node, TensorId x, std::size_t d, const std::vector<Tap>& taps) {
  TensorId sum = -1;
  for (const Tap& tap : taps) {
    TensorId term = select_elements(node, x, d, tap.index);
    if (taps.size() > 1) {
      Shape along(node.shape_of(x).size() - d, 1);
      along[0] = static_cast<std::int64_t>(tap.weight.size());
      runtime::Tensor weights(node.type_of(x), along);
      for (std::size_t i = 0; i < tap.weight.size(); ++i)
        set_element(weights, static_cast<std::int64_t>(i), tap.weight[i]);
      term = node.binary(BinaryOp::mul, term, node.add_constant(std::move(weights)));
    }
    sum = sum < 0 ? term : node.binary(BinaryOp::add, sum, term);
  }
  return sum;
}

TensorId resize(OnnxNode& node, const Sampling& s, const std::vector<double>& scales, const Shape& sizes) {
  TensorId out = node.input(0);
  const Shape shape = node.filled_shape(0);
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    const std::int64_t in = shape[d];
    if (sizes[d] < 1) refuse("dimension {} of shape {} would get extent {}", d, to_text(shape), sizes[d]);
    node.require_table({sizes[d]});
    if (sizes[d] != in || scales[d] != 1) out = resize_dimension(node, out, d, taps_of(s, in, sizes[d], scales[d]));
  }
  return out == node.input(0) ? node.add(Identity{}, {out}) : out;
}

std::vector<double> constant_reals(const OnnxNode& node, int i, std::string_view what) {
  const runtime::Tensor& tensor = node.constant(i, what);
  std::vector<double> values;
  for (std::int64_t k = 0; k < tensor.elements(); ++k) values.push_back(real_element(tensor, k));
  if (values.size() != node.shape(0).size())
    refuse("{} {} for data of shape {}", values.size(), what, to_text(node.shape(0)));
  return values;
}

Shape scaled(const OnnxNode& node, const std::vector<double>& scales) {
  Shape sizes;
  for (std::size_t d = 0; d < scales.size(); ++d) {
    if (!(scales[d] > 0)) refuse("scales must be positive, found {}", scales[d]);
    if (!(scales[d] * static_cast<double>(node.shape(0)[d]) <= static_cast<double>(OnnxNode::kLargestSize)))
      refuse("scale {} is too large for dimension {} of shape {}", scales[d], d, to_text(node.shape(0)));
    sizes.push_back(static_cast<std::int64_t>(std::floor(static_cast<double>(node.shape(0)[d]) * scales[d])));
  }
  return sizes;
}

void require_float_unless_nearest(const OnnxNode& node, const std::string& mode) {
  if (mode != "nearest" && mode != "linear" && mode != "cubic") refuse("mode '{}' is not supported", mode);
  if (mode != "nearest" && !is_float(node.type(0)))
    refuse("its data has type {}, expected a float type for mode {}", tilewright::to_text(node.type(0)), mode);
}

}  // namespace

/// Inputs since opset 11: data, region of interest (not supported), scales or sizes; opset 10: data, scales.
Outputs import_resize(OnnxNode& node) {
  const bool old = node.opset() < 11;
  Sampling s{node.text("mode", "nearest"),
             node.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
             node.text("nearest_mode", old ? "floor" : "round_prefer_floor"), node.real("cubic_coeff_a", -0.75),
             node.integer("exclude_outside", 0) != 0};
  require_float_unless_nearest(node, s.mode);
  const int scales_at = old ? 1 : 2;
  if (node.has_input(scales_at) && node.shape(scales_at) != Shape{0}) {
    const std::vector<double> scales = constant_reals(node, scales_at, "scales");
    return {resize(node, s, scales, scaled(node, scales))};
  }
  if (!node.has_input(3)) refuse("neither scales nor sizes are given");
  std::vector<double> scales;
  Shape sizes;
  for (const double size : constant_reals(node, 3, "sizes")) {
    if (!(std::abs(size) <= static_cast<double>(OnnxNode::kLargestSize))) refuse("a size of {}", size);
    sizes.push_back(static_cast<std::int64_t>(size));
    scales.push_back(size / static_cast<double>(node.shape(0)[scales.size()]));
  }
  return {resize(node, s, scales, sizes)};
}

Outputs import_upsample(OnnxNode& node) {
  const Sampling s{node.text("mode", "nearest"), "asymmetric", "floor", 0, false};
  require_float_unless_nearest(node, s.mode);
  const std::vector<double> scales = node.has_input(1) ? constant_reals(node, 1, "scales") : node.reals("scales");
  if (scales.size() != node.shape(0).size())
    refuse("{} scales for data of shape {}", scales.size(), to_text(node.shape(0)));
  return {resize(node, s, scales, scaled(node, scales))};
}

}  // namespace tilewright::graph
