#include <algorithm>
#include <cstring>

#include "base/integer.h"
#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {
namespace {

/// Below, a constant is left as it is: it costs little, and layers whose constants differ only there stay one task.
constexpr std::int64_t kLeastNarrowedBytes = std::int64_t{1} << 16;

/// A tensor as [outer, extent, inner] around one of its dimensions; inner in bytes.
struct Around {
  std::size_t outer, extent, inner;
};
Around around(const runtime::Tensor& tensor, std::size_t dimension) {
  const std::span<const std::int64_t> shape = tensor.shape();
  return {static_cast<std::size_t>(product(shape.first(dimension))), static_cast<std::size_t>(shape[dimension]),
          static_cast<std::size_t>(product(shape.subspan(dimension + 1)) * bytes_of(tensor.type()))};
}

bool is_repeated(const runtime::Tensor& tensor, std::size_t dimension) {
  const Around a = around(tensor, dimension);
  const char* const data = static_cast<const char*>(tensor.data());
  for (std::size_t o = 0; o < a.outer; ++o)
    for (std::size_t i = 1; i < a.extent; ++i)
      if (std::memcmp(data + o * a.extent * a.inner, data + (o * a.extent + i) * a.inner, a.inner) != 0) return false;
  return true;
}

runtime::Tensor first_of(const runtime::Tensor& tensor, std::size_t dimension) {
  const Around a = around(tensor, dimension);
  Shape shape = tensor.shape();
  shape[dimension] = 1;
  runtime::Tensor first(tensor.type(), std::move(shape));
  for (std::size_t o = 0; o < a.outer; ++o)
    std::memcpy(static_cast<char*>(first.data()) + o * a.inner,
                static_cast<const char*>(tensor.data()) + o * a.extent * a.inner, a.inner);
  return first;
}

/// Whether another operand of the node has the full extent of the dimension, counted from the last.
bool has_extent_elsewhere(const Graph& graph, const Node& node, TensorId id, std::size_t from_last,
                          std::int64_t extent) {
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId other) {
    const Shape& shape = graph.shape(other);
    return other != id && shape.size() >= from_last && shape[shape.size() - from_last] == extent &&
           !graph.tensor(other).is_constant();
  });
}

/// The constant without its repetitions that broadcasting makes anyway.
TensorId narrowed(Rewriter& rewriter, const Node& node, TensorId id) {
  const Graph& before = rewriter.before();
  const TensorInfo& tensor = before.tensor(id);
  if (!tensor.is_constant() || tensor.constant->bytes() < kLeastNarrowedBytes) return rewriter.moved(id);
  runtime::Tensor value = *tensor.constant;
  const std::size_t rank = value.shape().size();
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t extent = value.shape()[d];
    if (extent > 1 && has_extent_elsewhere(before, node, id, rank - d, extent) && is_repeated(value, d))
      value = first_of(value, d);
  }
  if (value.shape() == tensor.type.shape) return rewriter.moved(id);
  return rewriter.after().add_constant(tensor.name, std::move(value));
}

}  // namespace

Graph narrow_constants(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    if (!std::holds_alternative<Binary>(node.op) && !std::holds_alternative<Select>(node.op)) return std::nullopt;
    std::vector<TensorId> inputs;
    for (const TensorId id : node.inputs) inputs.push_back(narrowed(rewriter, node, id));
    return rewriter.after().add(node.op, std::move(inputs), node.name);
  });
}

}  // namespace tilewright::graph
