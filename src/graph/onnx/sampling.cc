// Values between the pixels of images, at places that are data: GridSample and RoiAlign. Images become tables of
// pixels, of which each tap gathers one row for each place.

#include <cmath>
#include <optional>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/empty.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;
using te::UnaryOp;

/// Arithmetic on tensors of one float type.
class Floats {
 public:
  Floats(OnnxNode& node, DType type) : node_(node), type_(type) {}
  TensorId number(double value) { return node_.scalar(type_, value); }
  TensorId add(TensorId a, TensorId b) { return node_.binary(BinaryOp::add, a, b); }
  TensorId plus(TensorId a, double b) { return add(a, number(b)); }
  TensorId sub(TensorId a, TensorId b) { return node_.binary(BinaryOp::sub, a, b); }
  TensorId mul(TensorId a, TensorId b) { return node_.binary(BinaryOp::mul, a, b); }
  TensorId times(TensorId a, double b) { return mul(a, number(b)); }
  TensorId over(TensorId a, double b) { return node_.binary(BinaryOp::div, a, number(b)); }
  TensorId at_least(TensorId a, double b) { return node_.binary(BinaryOp::max, a, number(b)); }
  TensorId at_most(TensorId a, double b) { return node_.binary(BinaryOp::min, a, number(b)); }
  TensorId clamp(TensorId a, double low, double high) { return at_most(at_least(a, low), high); }
  TensorId less(TensorId a, double b) { return node_.binary(BinaryOp::lt, a, number(b)); }
  TensorId greater(TensorId a, double b) { return node_.binary(BinaryOp::gt, a, number(b)); }
  TensorId floor(TensorId a) { return node_.unary(UnaryOp::floor, a); }
  TensorId either(TensorId a, TensorId b) { return node_.binary(BinaryOp::logical_or, a, b); }
  TensorId select(TensorId condition, TensorId on_true, TensorId on_false) {
    return node_.add(Select{}, {condition, on_true, on_false});
  }

 private:
  OnnxNode& node_;
  DType type_;
};

/// Images [n, c, h, w] as a table of pixels [n * h * w, c].
class Pixels {
 public:
  Pixels(OnnxNode& node, TensorId images) : node_(node), shape_(node.shape_of(images)) {
    const TensorId last = node.add(Transpose{{0, 2, 3, 1}}, {images});
    table_ = node.reshape(last, {shape_[0] * shape_[2] * shape_[3], shape_[1]});
  }
  std::int64_t height() const { return shape_[2]; }
  std::int64_t width() const { return shape_[3]; }
  std::int64_t channels() const { return shape_[1]; }
  /// The pixels [places, c] of images `image` at rows `y` and columns `x`: integers [places], clamped to what is there.
  TensorId at(TensorId image, TensorId y, TensorId x) {
    const auto number = [&](std::int64_t value) { return node_.scalar(DType::i64, value); };
    const auto inside = [&](TensorId place, std::int64_t extent) {
      return node_.binary(BinaryOp::min, node_.binary(BinaryOp::max, place, number(0)), number(extent - 1));
    };
    const auto next = [&](TensorId position, TensorId place, std::int64_t extent) {
      return node_.binary(BinaryOp::add, node_.binary(BinaryOp::mul, position, number(extent)), inside(place, extent));
    };
    return node_.add(Gather{0}, {table_, next(next(inside(image, shape_[0]), y, height()), x, width())});
  }

 private:
  OnnxNode& node_;
  Shape shape_;
  TensorId table_ = -1;
};

/// A pixel of one dimension that a value is made of.
struct SampledTap {
  TensorId index;                  ///< i64
  std::optional<TensorId> weight;  ///< none: 1
  std::optional<TensorId> valid;   ///< none: always
};

class GridSampler {
 public:
  GridSampler(OnnxNode& node, DType grid_type)
      : node_(node), f_(node, grid_type), align_corners_(node.integer("align_corners", 0) != 0) {
    mode_ = node.text("mode", node.opset() < 20 ? "bilinear" : "linear");
    if (mode_ == "bilinear" || mode_ == "bicubic") mode_ = mode_.substr(2);
    if (mode_ != "linear" && mode_ != "nearest" && mode_ != "cubic") refuse("mode '{}' is not supported", mode_);
    padding_ = node.text("padding_mode", "zeros");
    if (padding_ != "zeros" && padding_ != "border" && padding_ != "reflection")
      refuse("padding_mode is '{}', expected zeros, border or reflection", padding_);
  }

  /// The taps along a dimension of `extent` pixels of places from -1 to 1.
  std::vector<SampledTap> taps(TensorId place, std::int64_t extent) {
    const auto n = static_cast<double>(extent);
    TensorId x = align_corners_ ? f_.times(f_.times(f_.plus(place, 1), 0.5), n - 1)
                                : f_.times(f_.plus(f_.times(f_.plus(place, 1), n), -1), 0.5);
    if (mode_ == "nearest") x = node_.unary(UnaryOp::round, x);
    if (mode_ == "nearest") return {tap(x, n, std::nullopt)};
    const TensorId first = f_.floor(x), t = f_.sub(x, first);
    const TensorId rest = f_.plus(f_.times(t, -1), 1);  // 1 - t
    if (mode_ == "linear") return {tap(first, n, rest), tap(f_.plus(first, 1), n, t)};
    return {tap(f_.plus(first, -1), n, far(t)), tap(first, n, near(t)), tap(f_.plus(first, 1), n, near(rest)),
            tap(f_.plus(first, 2), n, far(rest))};
  }

 private:
  /// Keys' cubic convolution with a = -0.75 at distance t, 0 to 1, and at 1 + t.
  TensorId near(TensorId t) {
    const TensorId inner = f_.plus(f_.times(t, kCubic + 2), -(kCubic + 3));
    return f_.plus(f_.mul(f_.mul(inner, t), t), 1);
  }
  TensorId far(TensorId t) {
    const TensorId d = f_.plus(t, 1);
    const TensorId inner = f_.plus(f_.mul(f_.plus(f_.times(d, kCubic), -5 * kCubic), d), 8 * kCubic);
    return f_.plus(f_.mul(inner, d), -4 * kCubic);
  }

  /// A pixel outside of the image mirrored at its borders until it is inside.
  TensorId reflected(TensorId x, double n) {
    const double low = align_corners_ ? 0 : -0.5, high = align_corners_ ? n - 1 : n - 0.5;
    const TensorId below = f_.less(x, low), above = f_.greater(x, high);
    if (high == low) return f_.times(x, 0);
    const TensorId beyond = f_.select(below, f_.plus(f_.times(x, -1), low), f_.plus(x, -high));
    const TensorId turns = f_.floor(f_.over(beyond, high - low));
    const TensorId rest = f_.sub(beyond, f_.times(turns, high - low));
    const TensorId odd = f_.greater(f_.sub(turns, f_.times(f_.floor(f_.times(turns, 0.5)), 2)), 0);
    const TensorId upwards = f_.plus(rest, low), downwards = f_.plus(f_.times(rest, -1), high);
    const TensorId from_below = f_.select(odd, downwards, upwards), from_above = f_.select(odd, upwards, downwards);
    return f_.select(below, from_below, f_.select(above, from_above, x));
  }

  SampledTap tap(TensorId x, double n, std::optional<TensorId> weight) {
    SampledTap result{-1, weight, std::nullopt};
    if (padding_ == "zeros")
      result.valid = node_.unary(UnaryOp::logical_not, f_.either(f_.less(x, 0), f_.greater(x, n - 1)));
    if (padding_ == "reflection") x = reflected(x, n);
    result.index = node_.cast(f_.clamp(x, 0, n - 1), DType::i64);
    return result;
  }

  static constexpr double kCubic = -0.75;
  OnnxNode& node_;
  Floats f_;
  bool align_corners_;
  std::string mode_, padding_;
};

/// `per_place` [places] as a column of a table.
TensorId column(OnnxNode& node, TensorId per_place) {
  return node.reshape(per_place, {node.shape_of(per_place)[0], 1});
}

TensorId counted_images(OnnxNode& node, std::int64_t images, std::int64_t places) {
  node.require_table({images, 1});
  runtime::Tensor number(DType::i64, {images, 1});
  for (std::int64_t i = 0; i < images; ++i) number.as<std::int64_t>()[static_cast<std::size_t>(i)] = i;
  const TensorId all = node.add(Expand{{images, places}}, {node.add_constant(std::move(number))});
  return node.reshape(all, {images * places});
}

}  // namespace

/// Values at the places of a grid, -1 to 1 from border to border.
Outputs import_grid_sample(OnnxNode& node) {
  node.require_float(0);
  node.require_float(1);
  const Shape images = node.shape(0), grid = node.shape(1);
  if (images.size() != 4 || grid.size() != 4 || grid[3] != 2 || grid[0] != images[0])
    refuse("data of shape {} and a grid of shape {}; supported are [n, c, h, w] and [n, h, w, 2]", shape_text(images),
           shape_text(grid));
  const Shape shape{images[0], images[1], grid[1], grid[2]};
  if (is_empty(images) && !is_empty(shape)) refuse("images of shape {} have no pixels", shape_text(images));
  const std::int64_t each = grid[1] * grid[2], places = images[0] * each;
  GridSampler sampler(node, node.type(1));
  const auto coordinate = [&](std::int64_t i) {
    const TensorId table = node.reshape(node.input(1), {places, 2});
    return node.reshape(node.add(Slice{{0, i}, {1, 1}, {places, 1}}, {table}), {places});
  };
  Pixels pixels(node, node.input(0));
  const std::vector<SampledTap> columns = sampler.taps(coordinate(0), pixels.width()),
                                rows = sampler.taps(coordinate(1), pixels.height());
  const TensorId image = counted_images(node, images[0], each);
  Floats f(node, node.type(0));
  const auto weighted = [&](TensorId value, const SampledTap& tap) {
    if (tap.valid) value = f.select(column(node, *tap.valid), value, f.number(0));
    return tap.weight ? f.mul(value, node.cast(column(node, *tap.weight), node.type(0))) : value;
  };
  std::optional<TensorId> sum;
  for (const SampledTap& row : rows) {
    std::optional<TensorId> line;
    for (const SampledTap& tap : columns) {
      const TensorId value = weighted(pixels.at(image, row.index, tap.index), tap);
      line = line ? f.add(*line, value) : value;
    }
    const TensorId value = weighted(*line, row);
    sum = sum ? f.add(*sum, value) : value;
  }
  const TensorId last = node.reshape(*sum, {images[0], grid[1], grid[2], images[1]});
  return {node.add(Transpose{{0, 3, 1, 2}}, {last})};
}

namespace {

/// Two neighbours along a dimension that a place lies between.
struct Between {
  TensorId low, high;  ///< indices
  TensorId low_weight, high_weight;
  TensorId outside;
};

/// Of places along a dimension of `extent` pixels: up to one pixel outside, the outermost pixel counts.
Between between(OnnxNode& node, Floats& f, TensorId place, std::int64_t extent) {
  const auto n = static_cast<double>(extent);
  const TensorId outside = f.either(f.less(place, -1), f.greater(place, n));
  const TensorId inside = f.clamp(place, 0, n - 1), low = f.floor(inside), t = f.sub(inside, low);
  return {node.cast(low, DType::i64), node.cast(f.at_most(f.plus(low, 1), n - 1), DType::i64),
          f.plus(f.times(t, -1), 1), t, outside};
}

}  // namespace

/// Each region's bins: mean or largest of samples in a regular grid.
Outputs import_roi_align(OnnxNode& node) {
  node.require_float(0);
  const Shape images = node.shape(0);
  const std::int64_t height = node.integer("output_height", 1), width = node.integer("output_width", 1),
                     samples = node.integer("sampling_ratio", 0);
  const std::string mode = node.text("mode", "avg");
  const std::string transformation =
      node.text("coordinate_transformation_mode", node.opset() < 16 ? "output_half_pixel" : "half_pixel");
  const bool half_pixel = transformation == "half_pixel";
  if (!half_pixel && transformation != "output_half_pixel")
    refuse("coordinate_transformation_mode '{}' is not supported", transformation);
  if (mode != "avg" && mode != "max") refuse("mode is '{}', expected avg or max", mode);
  constexpr std::int64_t kMostSamples = 8;
  if (samples < 1 || samples > kMostSamples)
    refuse("sampling_ratio is {}; supported are 1 to {}, as it can't depend on the data", samples, kMostSamples);
  if (images.size() != 4 || is_empty(images) || height < 1 || width < 1 || height * width > OnnxNode::kLargestSize)
    refuse("data of shape {} in bins of {}x{}; expected are images [n, c, h, w]", shape_text(images), height, width);
  const std::int64_t regions = node.rank(2) == 1 ? node.shape(2)[0] : -1;
  if (node.shape(1) != Shape{regions, 4} || node.type(1) != node.type(0))
    refuse("regions of shape {} and type {} for {} batch_indices", shape_text(node.shape(1)),
           tilewright::to_text(node.type(1)), regions);

  Floats f(node, node.type(0));
  const TensorId scaled = f.plus(f.times(node.input(1), node.real("spatial_scale", 1)), half_pixel ? -0.5 : 0);
  const auto corner = [&](std::int64_t i) { return node.add(Slice{{0, i}, {1, 1}, {regions, 1}}, {scaled}); };
  /// Sample s of every bin along a dimension: [regions, bins].
  const auto places = [&](std::int64_t first, std::int64_t bins, std::int64_t s) {
    const TensorId start = corner(first);
    TensorId length = f.sub(corner(first + 2), start);
    if (!half_pixel) length = f.at_least(length, 1);
    runtime::Tensor offsets(DType::f64, {1, bins});
    for (std::int64_t i = 0; i < bins; ++i)
      offsets.as<double>()[static_cast<std::size_t>(i)] =
          static_cast<double>(i) + (static_cast<double>(s) + 0.5) / static_cast<double>(samples);
    const TensorId in_bins = node.cast(node.add_constant(std::move(offsets)), node.type(0));
    return f.add(start, f.mul(f.over(length, static_cast<double>(bins)), in_bins));
  };
  const std::int64_t all = regions * height * width;
  const auto flat = [&](TensorId id, Shape shape) {  // one per bin
    return node.reshape(node.add(Expand{{regions, height, width}}, {node.reshape(id, std::move(shape))}), {all});
  };
  const TensorId image = flat(node.cast(node.input(2), DType::i64), {regions, 1, 1});
  Pixels pixels(node, node.input(0));
  std::optional<TensorId> result;
  for (std::int64_t sy = 0; sy < samples; ++sy)
    for (std::int64_t sx = 0; sx < samples; ++sx) {
      const Between y = between(node, f, places(1, height, sy), pixels.height()),
                    x = between(node, f, places(0, width, sx), pixels.width());
      const auto in_rows = [&](TensorId id) { return flat(id, {regions, height, 1}); };
      const auto in_columns = [&](TensorId id) { return flat(id, {regions, 1, width}); };
      const auto corner_value = [&](TensorId row, TensorId row_weight, TensorId col, TensorId col_weight) {
        const TensorId weight = f.mul(in_rows(row_weight), in_columns(col_weight));
        return f.mul(pixels.at(image, in_rows(row), in_columns(col)), column(node, weight));
      };
      const TensorId corners[] = {corner_value(y.low, y.low_weight, x.low, x.low_weight),
                                  corner_value(y.low, y.low_weight, x.high, x.high_weight),
                                  corner_value(y.high, y.high_weight, x.low, x.low_weight),
                                  corner_value(y.high, y.high_weight, x.high, x.high_weight)};
      const BinaryOp joining = mode == "avg" ? BinaryOp::add : BinaryOp::max;
      TensorId value = corners[0];
      for (const int i : {1, 2, 3}) value = node.binary(joining, value, corners[i]);
      const TensorId outside = f.either(in_rows(y.outside), in_columns(x.outside));
      value = f.select(column(node, outside), f.number(0), value);
      result = result ? node.binary(joining, *result, value) : value;
    }
  TensorId out = *result;
  if (mode == "avg") out = f.over(out, static_cast<double>(samples * samples));
  return {node.add(Transpose{{0, 3, 1, 2}}, {node.reshape(out, {regions, height, width, images[1]})})};
}

}  // namespace tilewright::graph
