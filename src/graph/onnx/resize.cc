// Resize and Upsample: one dimension after the other, each output element a weighted sum of a few elements.

#include <algorithm>
#include <cmath>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/empty.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;

/// How output positions map to input positions.
struct Sampling {
  std::string mode, coordinates, nearest;
  double cubic_a;
  bool exclude_outside;
  /// The nearest element of opset 10: the next one, where there are more than results.
  bool up_where_it_shrinks = false;
};

/// One dimension: the scale is `numerator / denominator`. Of given sizes it is out / in, and is never rounded, since
/// positions that are whole or half numbers decide about neighbours.
struct Stretch {
  std::int64_t in, out;
  double numerator, denominator;

  bool is_identity() const { return in == out && numerator == denominator; }
};

/// For each output element, the input elements (in range) and weights of one tap.
struct Tap {
  std::vector<std::int64_t> index;
  std::vector<double> weight;
};

/// Each is one division of numbers that are exact (of sizes), so that it is exact where its result can be.
double source_position(const Sampling& s, std::int64_t x, const Stretch& d) {
  const auto at = static_cast<double>(x), in = static_cast<double>(d.in), out = static_cast<double>(d.out);
  const double half_pixel = ((2 * at + 1) * d.denominator - d.numerator) / (2 * d.numerator);
  if (s.coordinates == "half_pixel") return half_pixel;
  if (s.coordinates == "pytorch_half_pixel") return d.out > 1 ? half_pixel : 0;
  if (s.coordinates == "half_pixel_symmetric")
    return half_pixel + in / 2 * (1 - out * d.denominator / (in * d.numerator));
  if (s.coordinates == "tf_half_pixel_for_nn") return (2 * at + 1) * d.denominator / (2 * d.numerator);
  if (s.coordinates == "asymmetric") return at * d.denominator / d.numerator;
  if (s.coordinates == "align_corners") return d.out > 1 ? at * (in - 1) / (out - 1) : 0;
  refuse("coordinate_transformation_mode '{}' is not supported", s.coordinates);
}

double nearest(const Sampling& s, const Stretch& d, double x) {
  if (s.up_where_it_shrinks && d.numerator < d.denominator) return std::ceil(x);
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
std::vector<Tap> taps_of(const Sampling& s, const Stretch& d) {
  const int count = s.mode == "nearest" ? 1 : s.mode == "linear" ? 2 : 4;
  std::vector<Tap> taps(static_cast<std::size_t>(count));
  for (std::int64_t x = 0; x < d.out; ++x) {
    const double position = source_position(s, x, d);
    const double first = count == 1 ? nearest(s, d, position) : std::floor(position) - (count == 4 ? 1 : 0);
    double sum = 0;
    std::vector<double> weights;
    for (int k = 0; k < count; ++k) {
      const double distance = position - (first + k);
      double weight = count == 1 ? 1 : count == 2 ? 1 - std::abs(distance) : cubic(distance, s.cubic_a);
      if (s.exclude_outside && (first + k < 0 || first + k >= static_cast<double>(d.in))) weight = 0;
      weights.push_back(weight);
      sum += weight;
    }
    for (int k = 0; k < count; ++k) {
      Tap& tap = taps[static_cast<std::size_t>(k)];
      tap.index.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(first) + k, 0, d.in - 1));
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

TensorId resize(OnnxNode& node, const Sampling& s, const std::vector<Stretch>& stretches) {
  TensorId out = node.input(0);
  const Shape shape = node.shape(0);
  Shape sizes;
  for (std::size_t d = 0; d < stretches.size(); ++d) {
    const std::int64_t extent = stretches[d].out;
    if (shape[d] == 0 ? extent != 0 : extent < 1)
      refuse("dimension {} of shape {} would get extent {}", d, shape_text(shape), extent);
    node.require_table({extent});
    sizes.push_back(extent);
  }
  if (is_empty(shape)) return node.add(Expand{sizes}, {node.scalar(node.type(0), 0)});
  for (std::size_t d = 0; d < stretches.size(); ++d)
    if (!stretches[d].is_identity()) out = resize_dimension(node, out, d, taps_of(s, stretches[d]));
  return out == node.input(0) ? node.add(Identity{}, {out}) : out;
}

/// The dimensions that scales or sizes are given for, in that order; since opset 18 not always all.
std::vector<std::size_t> resized_axes(const OnnxNode& node) {
  std::vector<std::size_t> axes;
  if (!node.has("axes")) {
    for (int d = 0; d < node.rank(0); ++d) axes.push_back(static_cast<std::size_t>(d));
    return axes;
  }
  for (const std::int64_t axis : node.integers("axes", {})) {
    axes.push_back(static_cast<std::size_t>(node.axis(axis, node.rank(0))));
    if (std::count(axes.begin(), axes.end(), axes.back()) > 1) refuse("axis {} is given twice", axis);
  }
  return axes;
}

std::vector<Stretch> unstretched(const Shape& shape) {
  std::vector<Stretch> stretches;
  for (const std::int64_t extent : shape) stretches.push_back({extent, extent, 1, 1});
  return stretches;
}

std::vector<Stretch> by_scales(const OnnxNode& node, const std::vector<double>& scales) {
  const std::vector<std::size_t> axes = resized_axes(node);
  if (scales.size() != axes.size())
    refuse("{} scales for {} dimensions of data of shape {}", scales.size(), axes.size(), shape_text(node.shape(0)));
  std::vector<Stretch> stretches = unstretched(node.shape(0));
  for (std::size_t i = 0; i < scales.size(); ++i) {
    Stretch& d = stretches[axes[i]];
    if (!(scales[i] > 0)) refuse("scales must be positive, found {}", scales[i]);
    const auto scale = static_cast<float>(scales[i]);
    const float extent = std::floor(static_cast<float>(d.in) * scale);  // in f32, as ONNX infers shapes
    if (!(extent <= static_cast<float>(OnnxNode::kLargestSize)))
      refuse("scale {} is too large for dimension {} of shape {}", scales[i], axes[i], shape_text(node.shape(0)));
    d = {d.in, static_cast<std::int64_t>(extent), scales[i], 1};
    const auto in = static_cast<double>(d.in), out = static_cast<double>(extent);
    if (static_cast<float>(out / in) == scale) d = {d.in, d.out, out, in};  // all that a float can say of a third
  }
  return stretches;
}

/// Sizes as they are ("stretch"), or those of one scale for all of the dimensions: the least or the largest that the
/// sizes ask for ("not_larger", "not_smaller").
std::vector<Stretch> by_sizes(const OnnxNode& node, const std::vector<std::int64_t>& sizes) {
  const std::vector<std::size_t> axes = resized_axes(node);
  if (sizes.size() != axes.size())
    refuse("{} sizes for {} dimensions of data of shape {}", sizes.size(), axes.size(), shape_text(node.shape(0)));
  const std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    refuse("keep_aspect_ratio_policy is '{}', expected stretch, not_larger or not_smaller", policy);
  std::vector<Stretch> stretches = unstretched(policy == "stretch" ? node.shape(0) : node.filled_shape(0));
  const Stretch* kept = nullptr;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    Stretch& d = stretches[axes[i]];
    d = {d.in, sizes[i], static_cast<double>(sizes[i]), static_cast<double>(d.in)};
    const auto is_less = [](const Stretch& a, const Stretch& b) {
      return a.numerator * b.denominator < b.numerator * a.denominator;
    };
    if (!kept || (policy == "not_larger" ? is_less(d, *kept) : is_less(*kept, d))) kept = &d;
  }
  if (policy == "stretch" || !kept) return stretches;
  const double numerator = kept->numerator, denominator = kept->denominator;
  for (const std::size_t axis : axes) {
    Stretch& d = stretches[axis];
    const double extent = std::floor(static_cast<double>(d.in) * numerator / denominator + 0.5);
    d = {d.in, static_cast<std::int64_t>(extent), numerator, denominator};
  }
  return stretches;
}

std::vector<double> constant_reals(const OnnxNode& node, int i, std::string_view what) {
  const runtime::Tensor& tensor = node.constant(i, what);
  std::vector<double> values;
  for (std::int64_t k = 0; k < tensor.elements(); ++k) values.push_back(real_element(tensor, k));
  return values;
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
  const Sampling s{node.text("mode", "nearest"),
                   node.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
                   node.text("nearest_mode", old ? "floor" : "round_prefer_floor"),
                   node.real("cubic_coeff_a", -0.75),
                   node.integer("exclude_outside", 0) != 0,
                   old};
  require_float_unless_nearest(node, s.mode);
  if (node.integer("antialias", 0) != 0) refuse("antialias 1 is not supported");
  const int scales_at = old ? 1 : 2;
  if (node.has_input(scales_at) && node.shape(scales_at) != Shape{0})
    return {resize(node, s, by_scales(node, constant_reals(node, scales_at, "scales")))};
  if (!node.has_input(3)) refuse("neither scales nor sizes are given");
  return {resize(node, s, by_sizes(node, node.constant_sizes(3, "sizes")))};
}

Outputs import_upsample(OnnxNode& node) {
  const Sampling s{node.text("mode", "nearest"), "asymmetric", "floor", 0, false};
  require_float_unless_nearest(node, s.mode);
  const std::vector<double> scales = node.has_input(1) ? constant_reals(node, 1, "scales") : node.reals("scales");
  return {resize(node, s, by_scales(node, scales))};
}

}  // namespace tilewright::graph
