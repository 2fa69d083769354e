// Operators that read from or write to positions which are data themselves. docs/decisions/0024 says what they become.

#include <algorithm>
#include <optional>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/empty.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;

/// Comparisons of positions with updates, or of elements with each other, that one node may cost: some seconds.
constexpr std::int64_t kMostComparisons = std::int64_t{1} << 33;
/// Updates of one position, known at compile time, that are gathered one after the other.
constexpr std::size_t kMostLayers = 8;
/// Rows for which updates are listed at compile time: some 32 MiB a layer.
constexpr std::int64_t kMostRows = std::int64_t{1} << 22;

void require_index_type(const OnnxNode& node, int i) {
  if (node.type(i) != DType::i64 && node.type(i) != DType::i32)
    refuse("its indices have type {}, expected i64 or i32", tilewright::to_text(node.type(i)));
}

/// Refuses constant indices outside of [-extent, extent).
void require_inside(const OnnxNode& node, int i, std::int64_t extent, std::string_view where) {
  if (!node.is_constant(i)) return;
  for (const std::int64_t index : node.constant_integers(i, "indices"))
    if (index < -extent || index >= extent) refuse("index {} is outside of {} of extent {}", index, where, extent);
}

void require_affordable(std::int64_t elements, std::int64_t each) {
  if (each > 0 && elements > kMostComparisons / each)
    refuse("it compares {} positions with {} each; supported are up to {} comparisons", elements, each,
           kMostComparisons);
}

TensorId integers(OnnxNode& node, const Shape& shape, const std::vector<std::int64_t>& values) {
  node.require_table(shape);
  runtime::Tensor tensor(DType::i64, shape);
  for (std::int64_t i = 0; i < tensor.elements(); ++i) set_element(tensor, i, values[static_cast<std::size_t>(i)]);
  return node.add_constant(std::move(tensor));
}

/// What becomes of an index outside of its dimension.
enum class Outside { clamped, dropped };

/// Row-major positions in `dims` of the rows of indices [n, dims]: [n] of i64. A row that is dropped becomes the number
/// of all positions, where none is.
TensorId flat_positions(OnnxNode& node, TensorId indices, const Shape& dims, Outside outside) {
  const std::int64_t n = node.shape_of(indices)[0];
  const auto number = [&](std::int64_t value) { return node.scalar(DType::i64, value); };
  const TensorId rows = node.cast(indices, DType::i64);
  TensorId flat = node.add(Expand{{n}}, {number(0)}), valid = -1;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    const TensorId given = node.reshape(node.slice(rows, 1, static_cast<std::int64_t>(d), 1), {n});
    const TensorId from_back = node.binary(BinaryOp::add, given, number(dims[d]));
    TensorId place = node.add(Select{}, {node.binary(BinaryOp::lt, given, number(0)), from_back, given});
    if (outside == Outside::clamped) {
      place = node.binary(BinaryOp::min, node.binary(BinaryOp::max, place, number(0)), number(dims[d] - 1));
    } else {
      const TensorId inside = node.binary(BinaryOp::logical_and, node.binary(BinaryOp::ge, place, number(0)),
                                          node.binary(BinaryOp::lt, place, number(dims[d])));
      valid = valid < 0 ? inside : node.binary(BinaryOp::logical_and, valid, inside);
    }
    flat = node.binary(BinaryOp::add, node.binary(BinaryOp::mul, flat, number(dims[d])), place);
  }
  return valid < 0 ? flat : node.add(Select{}, {valid, flat, number(product(dims))});
}

/// The dimensions that the rows of indices (input 1) name, from dimension `first` of the data on, checked.
Shape indexed_dimensions(const OnnxNode& node, std::size_t first) {
  require_index_type(node, 1);
  const Shape &data = node.shape(0), &indices = node.shape(1);
  if (indices.size() <= first || data.size() <= first || indices.back() < 1 ||
      indices.back() > static_cast<std::int64_t>(data.size() - first))
    refuse("indices of shape {} do not fit data of shape {}", shape_text(indices), shape_text(data));
  const auto begin = data.begin() + static_cast<std::ptrdiff_t>(first);
  const Shape dims(begin, begin + indices.back());
  if (!node.is_constant(1)) return dims;
  const std::vector<std::int64_t> values = node.constant_integers(1, "indices");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const std::int64_t extent = dims[i % dims.size()]; values[i] < -extent || values[i] >= extent)
      refuse("index {} is outside of a dimension of extent {} of shape {}", values[i], extent, shape_text(data));
  return dims;
}

ScatterKind scatter_kind(const OnnxNode& node) {
  const std::string reduction = node.text("reduction", "none");
  if (reduction == "none") return ScatterKind::replace;
  if (node.type(0) == DType::boolean) refuse("reduction '{}' of data of type bool", reduction);
  if (reduction == "add") return ScatterKind::add;
  if (reduction == "mul") return ScatterKind::mul;
  if (reduction == "max") return ScatterKind::max;
  if (reduction == "min") return ScatterKind::min;
  refuse("reduction is '{}', expected none, add, mul, max or min", reduction);
}

BinaryOp operation_of(ScatterKind kind) {
  switch (kind) {
    case ScatterKind::mul:
      return BinaryOp::mul;
    case ScatterKind::max:
      return BinaryOp::max;
    case ScatterKind::min:
      return BinaryOp::min;
    default:
      return BinaryOp::add;
  }
}

/// Rows of updates [m, s] put to rows of data [n, s] that are known: for each row of data those that meet there are
/// gathered. Nothing if too many meet at one, or there are too many rows to list.
std::optional<TensorId> scatter_known(OnnxNode& node, TensorId data, const std::vector<std::int64_t>& rows,
                                      TensorId updates, ScatterKind kind) {
  const std::int64_t n = node.shape_of(data)[0];
  if (n > kMostRows) return std::nullopt;
  const auto count = static_cast<std::size_t>(n);
  std::vector<std::vector<std::int64_t>> layers;  // of each, the update that meets each row, or -1
  std::vector<std::size_t> meeting(count, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    const std::size_t layer = kind == ScatterKind::replace ? 0 : meeting[row]++;  // the last one counts
    if (layer == kMostLayers) return std::nullopt;
    if (layer == layers.size()) layers.emplace_back(count, -1);
    layers[layer][row] = static_cast<std::int64_t>(i);
  }
  for (std::vector<std::int64_t>& source : layers) {
    runtime::Tensor met(DType::boolean, {n, 1});
    for (std::size_t i = 0; i < count; ++i) {
      set_element(met, static_cast<std::int64_t>(i), std::int64_t{source[i] >= 0});
      source[i] = std::max<std::int64_t>(source[i], 0);
    }
    const TensorId update = node.add(Gather{0}, {updates, integers(node, {n}, source)});
    const TensorId changed = kind == ScatterKind::replace ? update : node.binary(operation_of(kind), data, update);
    data = node.add(Select{}, {node.add_constant(std::move(met)), changed, data});
  }
  return data;
}

/// Data, indices and updates of one rank; indices and updates may be shorter than the data along all dimensions: what
/// lies beyond stays as it is.
TensorId scatter_block(OnnxNode& node, TensorId data, TensorId indices, TensorId updates, const Scatter& op) {
  const Shape shape = node.shape_of(data), block = node.shape_of(updates);
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (static_cast<int>(d) == op.axis || block[d] == shape[d]) continue;
    const TensorId inner =
        scatter_block(node, node.slice(data, static_cast<int>(d), 0, block[d]), indices, updates, op);
    return node.add(Concat{static_cast<int>(d)},
                    {inner, node.slice(data, static_cast<int>(d), block[d], shape[d] - block[d])});
  }
  require_affordable(product(shape), block[static_cast<std::size_t>(op.axis)]);
  return node.add(op, {data, indices, updates});
}

}  // namespace

Outputs import_gather_elements(OnnxNode& node) {
  require_index_type(node, 1);
  const int axis = node.axis(node.integer("axis", 0), node.rank(0));
  require_inside(node, 1, node.shape(0)[static_cast<std::size_t>(axis)], "the axis");
  return {node.add(GatherElements{axis}, {node.input(0), node.input(1)})};
}

Outputs import_gather_nd(OnnxNode& node) {
  const Shape data = node.shape(0), indices = node.shape(1);
  const std::int64_t given = node.integer("batch_dims", 0);
  if (given < 0 || given >= std::min(node.rank(0), node.rank(1)))
    refuse("batch_dims is {} for shapes {} and {}", given, shape_text(data), shape_text(indices));
  const auto batch_dims = static_cast<std::ptrdiff_t>(given);
  if (!std::equal(data.begin(), data.begin() + batch_dims, indices.begin()))
    refuse("the first {} dimensions of shapes {} and {} differ", given, shape_text(data), shape_text(indices));
  const Shape dims = indexed_dimensions(node, static_cast<std::size_t>(given));
  Shape shape(indices.begin(), indices.end() - 1);
  const Shape slice(data.begin() + batch_dims + std::ssize(dims), data.end());
  shape.insert(shape.end(), slice.begin(), slice.end());
  if (is_empty(data) && !is_empty(shape)) refuse("shape {} has no elements to choose from", shape_text(data));

  const std::int64_t batches = product(Shape(data.begin(), data.begin() + batch_dims)), places = product(dims),
                     rows = product(Shape(indices.begin(), indices.end() - 1));
  const TensorId table = node.reshape(node.input(1), {rows, indices.back()});
  TensorId flat = flat_positions(node, table, dims, Outside::clamped);
  if (batches > 1) {
    std::vector<std::int64_t> firsts;
    for (std::int64_t i = 0; i < batches; ++i) firsts.push_back(i * places);
    const TensorId by_batch = node.reshape(flat, {batches, rows / batches});
    flat = node.reshape(node.binary(BinaryOp::add, by_batch, integers(node, {batches, 1}, firsts)), {rows});
  }
  const TensorId found = node.add(Gather{0}, {node.reshape(node.input(0), {batches * places, product(slice)}), flat});
  return {node.reshape(found, shape)};
}

Outputs import_scatter_elements(OnnxNode& node) {
  require_index_type(node, 1);
  const ScatterKind kind = scatter_kind(node);
  const int axis = node.axis(node.integer("axis", 0), node.rank(0));
  const auto along = static_cast<std::size_t>(axis);
  const Shape data = node.shape(0), block = node.shape(1);
  bool fits = node.shape(2) == block && block.size() == data.size();
  for (std::size_t d = 0; fits && d < data.size(); ++d) fits = d == along || block[d] <= data[d];
  if (!fits)
    refuse("updates of shape {} at indices of shape {} do not fit data of shape {}", shape_text(node.shape(2)),
           shape_text(block), shape_text(data));
  require_inside(node, 1, data[along], "the axis");
  if (node.is_constant(1) && !is_empty(block) && product(data) <= kMostRows) {
    const std::vector<std::int64_t> given = node.constant_integers(1, "indices");
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < std::ssize(given); ++i) {
      std::int64_t rest = i, row = 0, stride = 1;
      for (std::size_t d = data.size(); d-- > 0; rest /= block[d], stride *= data[d])
        row += stride * (d == along ? floor_mod(given[static_cast<std::size_t>(i)], data[d]) : rest % block[d]);
      rows.push_back(row);
    }
    const TensorId elements = node.reshape(node.input(0), {product(data), 1});
    const TensorId updates = node.reshape(node.input(2), {product(block), 1});
    if (const auto known = scatter_known(node, elements, rows, updates, kind)) return {node.reshape(*known, data)};
  }
  return {scatter_block(node, node.input(0), node.input(1), node.input(2), Scatter{axis, kind})};
}

Outputs import_scatter_nd(OnnxNode& node) {
  const ScatterKind kind = scatter_kind(node);
  const Shape dims = indexed_dimensions(node, 0), data = node.shape(0), indices = node.shape(1);
  const Shape slice(data.begin() + std::ssize(dims), data.end());
  Shape expected(indices.begin(), indices.end() - 1);
  const std::int64_t rows = product(expected), places = product(dims), width = product(slice);
  expected.insert(expected.end(), slice.begin(), slice.end());
  if (node.shape(2) != expected)
    refuse("its updates have shape {}, expected {}", shape_text(node.shape(2)), shape_text(expected));
  if (is_empty(data)) return {node.add(Identity{}, {node.input(0)})};
  const TensorId flat =
      flat_positions(node, node.reshape(node.input(1), {rows, indices.back()}), dims, Outside::dropped);
  const TensorId table = node.reshape(node.input(0), {places, width}),
                 updates = node.reshape(node.input(2), {rows, width});
  if (node.is_constant_id(flat) && rows > 0)
    if (const auto known = scatter_known(node, table, node.integers_of(flat), updates, kind))
      return {node.reshape(*known, data)};
  const TensorId scattered = scatter_block(node, table, node.reshape(flat, {rows, 1}), updates, Scatter{0, kind});
  return {node.reshape(scattered, data)};
}

/// k is an attribute until opset 9, an input since. The order is always given, so `sorted` says nothing.
Outputs import_top_k(OnnxNode& node) {
  const int axis = node.axis(node.integer("axis", -1), node.rank(0));
  const auto along = static_cast<std::size_t>(axis);
  if (node.type(0) == DType::boolean) refuse("its data has type bool, expected numbers");
  const std::int64_t k = node.opset() < 10 ? node.integer("k", 0) : node.constant_size(1, "k");
  require_affordable(product(node.shape(0)), node.shape(0)[along]);
  const TensorId places = node.add(TopK{axis, k, node.integer("largest", 1) != 0}, {node.input(0)});
  return {node.add(GatherElements{axis}, {node.input(0), places}), places};
}

/// The first elements along the time axis, as many as each batch says, in reverse; the others stay.
Outputs import_reverse_sequence(OnnxNode& node) {
  if (node.rank(0) < 2) refuse("its data has shape {}, expected at least 2 dimensions", shape_text(node.shape(0)));
  const std::int64_t batch_axis = node.integer("batch_axis", 1), time_axis = node.integer("time_axis", 0);
  if (std::min(batch_axis, time_axis) != 0 || std::max(batch_axis, time_axis) != 1)
    refuse("batch_axis {} and time_axis {}, expected 0 and 1 in some order", batch_axis, time_axis);
  const Shape data = node.shape(0);
  const std::int64_t batches = data[static_cast<std::size_t>(batch_axis)],
                     times = data[static_cast<std::size_t>(time_axis)];
  if (node.shape(1) != Shape{batches})
    refuse("its sequence_lens has shape {}, expected {}", shape_text(node.shape(1)), batches);
  const auto counted = [&](std::int64_t axis, std::int64_t extent) {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < extent; ++i) all.push_back(i);
    return integers(node, axis == 0 ? Shape{extent, 1} : Shape{1, extent}, all);
  };
  const auto number = [&](std::int64_t value) { return node.scalar(DType::i64, value); };
  const TensorId time = counted(time_axis, times), batch = counted(batch_axis, batches);
  const TensorId length =
      node.reshape(node.cast(node.input(1), DType::i64), batch_axis == 0 ? Shape{batches, 1} : Shape{1, batches});
  const TensorId mirrored = node.binary(BinaryOp::sub, node.binary(BinaryOp::sub, length, number(1)), time);
  const TensorId source = node.add(Select{}, {node.binary(BinaryOp::lt, time, length), mirrored, time});
  const TensorId first = time_axis == 0 ? source : batch, second = time_axis == 0 ? batch : source;
  const TensorId flat = node.binary(BinaryOp::add, node.binary(BinaryOp::mul, first, number(data[1])), second);
  const Shape rest(data.begin() + 2, data.end());
  const TensorId table = node.reshape(node.input(0), {data[0] * data[1], product(rest)});
  return {node.reshape(node.add(Gather{0}, {table, node.reshape(flat, {data[0] * data[1]})}), data)};
}

/// The slices along an axis, or the elements, whose condition holds. How many decides the shape, so it must be known.
Outputs import_compress(OnnxNode& node) {
  const runtime::Tensor condition = node.constant(1, "condition");
  if (condition.type() != DType::boolean || condition.shape().size() != 1)
    refuse("its condition must be a list of bools");
  const bool flat = !node.has("axis");
  const int axis = flat ? 0 : node.axis(node.integer("axis", 0), node.rank(0));
  const TensorId data = flat ? node.reshape(node.input(0), {product(node.shape(0))}) : node.input(0);
  const std::int64_t extent = node.shape_of(data)[static_cast<std::size_t>(axis)];
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < std::min(extent, condition.elements()); ++i)
    if (real_element(condition, i) != 0) chosen.push_back(i);
  return {node.add(Gather{axis}, {data, integers(node, {std::ssize(chosen)}, chosen)})};
}

/// The indices of elements that are not 0, one row a dimension. How many decides the shape, so they must be known.
Outputs import_non_zero(OnnxNode& node) {
  const runtime::Tensor data = node.constant(0, "data");
  const Shape& shape = data.shape();
  std::vector<std::vector<std::int64_t>> rows(shape.size());
  for (std::int64_t i = 0; i < data.elements(); ++i) {
    if (real_element(data, i) == 0) continue;
    std::int64_t rest = i;
    for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) rows[d].push_back(rest % shape[d]);
  }
  std::vector<std::int64_t> all;
  for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
  const std::int64_t count = rows.empty() ? (real_element(data, 0) != 0 ? 1 : 0) : std::ssize(rows[0]);
  return {integers(node, {std::ssize(rows), count}, all)};
}

}  // namespace tilewright::graph
