// Operators that compare or produce positions: indices of extremes, masks, ranges, running sums.

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/empty.h"
#include "graph/onnx/functions.h"
#include "graph/onnx/tensor.h"
#include "te/fold.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;

/// A constant tensor with the value f(i) as element i.
template <class F>
TensorId constant(OnnxNode& node, DType type, const Shape& shape, const F& f) {
  node.require_table(shape);
  runtime::Tensor tensor(type, shape);
  for (std::int64_t i = 0; i < tensor.elements(); ++i) set_element(tensor, i, f(i));
  return node.add_constant(std::move(tensor));
}

/// 0, 1, 2, … along dimension `axis` of a tensor of `rank` dimensions.
TensorId positions(OnnxNode& node, int axis, int rank, std::int64_t extent) {
  Shape shape(static_cast<std::size_t>(rank), 1);
  shape[static_cast<std::size_t>(axis)] = extent;
  return constant(node, DType::i64, shape, [](std::int64_t i) { return i; });
}

/// The largest or smallest element along `axis` that comparing one element after the other finds: a NaN never wins, but
/// where the first element is one, nothing is found, and the result is NaN.
TensorId extreme_of(OnnxNode& node, TensorId x, int axis, ReduceKind kind) {
  if (!is_float(node.type_of(x))) return node.add(Reduce{kind, {axis}, true}, {x});
  Shape shape = node.shape_of(x);
  shape[static_cast<std::size_t>(axis)] = 1;
  const TensorId first = node.add(Slice{Shape(shape.size(), 0), Shape(shape.size(), 1), shape}, {x});
  const TensorId numbers = node.add(Select{}, {node.binary(BinaryOp::ne, x, x), first, x});
  return node.add(Reduce{kind, {axis}, true}, {numbers});
}

/// The first (or last) position along `axis` where x is largest or smallest, 0 where there is none; the axis is kept.
TensorId position_of_extreme(OnnxNode& node, TensorId x, int axis, ReduceKind kind, bool last) {
  const int rank = static_cast<int>(node.shape_of(x).size());
  const std::int64_t extent = node.shape_of(x)[static_cast<std::size_t>(axis)];
  const TensorId none = node.scalar(DType::i64, last ? std::int64_t{-1} : extent);
  const TensorId found = node.binary(BinaryOp::eq, x, extreme_of(node, x, axis, kind));
  const TensorId where = node.add(Select{}, {found, positions(node, axis, rank, extent), none});
  const TensorId position = node.add(Reduce{last ? ReduceKind::max : ReduceKind::min, {axis}, true}, {where});
  if (!is_float(node.type_of(x))) return position;
  return node.add(Select{}, {node.binary(BinaryOp::eq, position, none), node.scalar(DType::i64, 0), position});
}

DType type_of_attribute(const OnnxNode& node, DType otherwise) {
  if (!node.has("dtype")) return otherwise;
  const int onnx_type = static_cast<int>(node.integer("dtype", 0));
  const std::optional<DType> type = dtype_of(onnx_type);
  if (!type) refuse("element type {} is not supported", onnx_type_name(onnx_type));
  return *type;
}

/// Elements of a range of floats; NaN where none can be counted.
double real_count(const Number& start, const Number& limit, const Number& delta) {
  return std::ceil((to_double(limit) - to_double(start)) / to_double(delta));
}

/// Elements of a range of integers, which may lie as far apart as 64 bits say.
double integer_count(const Number& start, const Number& limit, const Number& delta) {
  const std::int64_t from = std::get<std::int64_t>(start), to = std::get<std::int64_t>(limit),
                     step = std::get<std::int64_t>(delta);
  if (step > 0 ? from >= to : from <= to) return 0;
  const auto difference = [](std::int64_t a, std::int64_t b) {
    return static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
  };
  const std::uint64_t distance = step > 0 ? difference(to, from) : difference(from, to);
  const std::uint64_t stride = step > 0 ? difference(step, 0) : difference(0, step);
  const std::uint64_t numbers = (distance - 1) / stride + 1;
  return static_cast<double>(numbers);
}

}  // namespace

Outputs import_arg_extreme(OnnxNode& node) {
  const int axis = node.axis(node.integer("axis", 0), node.rank(0));
  Shape shape = node.shape(0);
  shape.erase(shape.begin() + axis);
  if (is_empty(node.shape(0)) && !is_empty(shape))
    refuse("axis {} of shape {} has no elements to choose from", axis, shape_text(node.shape(0)));
  const ReduceKind kind = node.op_type() == "ArgMax" ? ReduceKind::max : ReduceKind::min;
  const TensorId kept = position_of_extreme(node, node.input(0), axis, kind, node.integer("select_last_index", 0) != 0);
  if (node.integer("keepdims", 1) != 0) return {kept};
  return {node.reshape(kept, shape)};
}

/// 1 at the first largest element along the axis, 0 elsewhere. Before opset 13, all dimensions from the axis on are
/// one.
Outputs import_hardmax(OnnxNode& node) {
  const bool flat = node.opset() < 13;
  const Shape shape = node.shape(0);
  int axis = node.axis(node.integer("axis", flat ? 1 : -1), node.rank(0));
  TensorId x = node.input(0);
  if (flat) {
    const Shape outer(shape.begin(), shape.begin() + axis), inner(shape.begin() + axis, shape.end());
    x = node.reshape(x, {product(outer), product(inner)});
    axis = 1;
  }
  const TensorId largest = position_of_extreme(node, x, axis, ReduceKind::max, false);
  const auto rank = static_cast<int>(node.shape_of(x).size());
  const TensorId all = positions(node, axis, rank, node.shape_of(x)[static_cast<std::size_t>(axis)]);
  const TensorId hot = node.cast(node.binary(BinaryOp::eq, all, largest), node.type(0));
  return {node.reshape(hot, shape)};
}

/// Negative indices count from the back; values are [off, on].
Outputs import_one_hot(OnnxNode& node) {
  const auto depth = node.constant_size(1, "depth");
  if (depth < 1) refuse("its depth must be at least 1, found {}", depth);
  const int rank = node.rank(0) + 1, axis = node.axis(node.integer("axis", -1), rank);
  if (node.shape(2) != Shape{2}) refuse("its values have shape {}, expected 2", shape_text(node.shape(2)));
  TensorId index = node.cast(node.input(0), DType::i64);
  const TensorId negative = node.binary(BinaryOp::lt, index, node.scalar(DType::i64, 0));
  const TensorId wrapped = node.binary(BinaryOp::add, index, node.scalar(DType::i64, depth));
  Shape kept = node.shape(0);
  kept.insert(kept.begin() + axis, 1);
  index = node.reshape(node.add(Select{}, {negative, wrapped, index}), kept);
  const TensorId hot = node.binary(BinaryOp::eq, positions(node, axis, rank, depth), index);
  const auto value = [&](std::int64_t i) {
    return node.reshape(node.add(Slice{{i}, {1}, {1}}, {node.input(2)}), Shape(static_cast<std::size_t>(rank), 1));
  };
  return {node.add(Select{}, {hot, value(1), value(0)})};
}

Outputs import_eye_like(OnnxNode& node) {
  if (node.rank(0) != 2) refuse("its input has shape {}, expected 2 dimensions", shape_text(node.shape(0)));
  const std::int64_t columns = node.shape(0)[1], k = node.integer("k", 0);
  return {constant(node, type_of_attribute(node, node.type(0)), node.shape(0),
                   [&](std::int64_t i) { return i % columns - i / columns == k; })};
}

/// Keeps the triangle of each matrix on one side of diagonal k.
Outputs import_trilu(OnnxNode& node) {
  if (node.rank(0) < 2) refuse("its data has shape {}, expected at least 2 dimensions", shape_text(node.shape(0)));
  const auto k = node.has_input(1) ? node.constant_size(1, "k") : 0;
  const bool upper = node.integer("upper", 1) != 0;
  const Shape& data = node.shape(0);
  const std::int64_t rows = data[data.size() - 2], columns = data.back();
  const TensorId kept = constant(node, DType::boolean, {rows, columns}, [&](std::int64_t i) {
    const std::int64_t diagonal = i % columns - i / columns;
    return upper ? diagonal >= k : diagonal <= k;
  });
  return {node.add(Select{}, {kept, node.input(0), node.scalar(node.type(0), 0)})};
}

Outputs import_range(OnnxNode& node) {
  const Number start = node.constant_number(0, "start"), limit = node.constant_number(1, "limit"),
               delta = node.constant_number(2, "delta");
  if (node.type(1) != node.type(0) || node.type(2) != node.type(0))
    refuse("its inputs have types {}, {} and {}, expected one", tilewright::to_text(node.type(0)),
           tilewright::to_text(node.type(1)), tilewright::to_text(node.type(2)));
  if (to_double(delta) == 0) refuse("a delta of 0");
  const double count = is_float(node.type(0)) ? real_count(start, limit, delta) : integer_count(start, limit, delta);
  if (std::isnan(count) || count > std::numeric_limits<std::int32_t>::max())
    refuse("the range from {} to {} by {} has {} elements", to_double(start), to_double(limit), to_double(delta),
           count);
  const Shape shape{static_cast<std::int64_t>(std::max(count, 0.0))};
  if (is_float(node.type(0)))
    return {constant(node, node.type(0), shape,
                     [&](std::int64_t i) { return to_double(start) + static_cast<double>(i) * to_double(delta); })};
  const std::int64_t first = std::get<std::int64_t>(start), step = std::get<std::int64_t>(delta);
  return {constant(node, node.type(0), shape, [&](std::int64_t i) {
    const std::int64_t way = te::wrapping_arithmetic(BinaryOp::mul, DType::i64, i, step);  // may be longer than 63 bits
    return te::wrapping_arithmetic(BinaryOp::add, DType::i64, first, way);
  })};
}

Outputs import_size(OnnxNode& node) {
  const std::int64_t elements = product(node.shape(0));
  return {constant(node, DType::i64, {}, [&](std::int64_t) { return elements; })};
}

/// The work is quadratic in the axis' extent.
Outputs import_cum_sum(OnnxNode& node) {
  constexpr std::int64_t kLongest = 4096;
  if (node.type(0) == DType::boolean) refuse("its data has type bool, expected numbers");
  const int axis = node.axis(node.constant_size(1, "axis"), node.rank(0));
  const std::int64_t n = node.shape(0)[static_cast<std::size_t>(axis)];
  if (n > kLongest) refuse("axis {} has extent {}; supported are up to {}", axis, n, kLongest);
  return {node.add(CumSum{axis, node.integer("exclusive", 0) != 0, node.integer("reverse", 0) != 0}, {node.input(0)})};
}

}  // namespace tilewright::graph
