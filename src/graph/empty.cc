#include "graph/empty.h"

#include <algorithm>
#include <cmath>

#include "base/match.h"
#include "graph/array.h"
#include "te/expr.h"

namespace tilewright::graph {
namespace {

runtime::Tensor scalar(const te::Expr& value) {
  runtime::Tensor tensor(value.type(), {});
  set_element(tensor, 0, te::as<te::Constant>(value)->value);
  return tensor;
}

/// A reduction of nothing is what that of any data starts from; a mean of nothing is no number.
te::Expr value_of_nothing(const Reduce& op, DType type) {
  switch (op.kind) {
    case ReduceKind::mean:
      return te::constant(type, std::nan(""));
    case ReduceKind::max:
      return te::identity(te::Combiner::max, type);
    case ReduceKind::min:
      return te::identity(te::Combiner::min, type);
    case ReduceKind::prod:
      return te::identity(te::Combiner::prod, type);
    case ReduceKind::sum:
      break;
  }
  return te::identity(te::Combiner::sum, type);
}
te::Expr value_of_nothing(const Pad& op, DType type) { return te::constant(type, op.value); }
template <class Other>
te::Expr value_of_nothing(const Other&, DType type) {  // convolutions and products are sums
  return te::identity(te::Combiner::sum, type);
}

}  // namespace

bool is_empty(const Shape& shape) { return std::find(shape.begin(), shape.end(), 0) != shape.end(); }

std::optional<TensorId> add_without_elements(Graph& graph, const Op& op, const std::vector<TensorId>& inputs,
                                             const TensorType& type, const std::string& name) {
  if (is_empty(type.shape)) return graph.add_constant(name, runtime::Tensor(type.type, type.shape));
  std::vector<TensorId> filled;
  std::copy_if(inputs.begin(), inputs.end(), std::back_inserter(filled),
               [&](TensorId id) { return !is_empty(graph.shape(id)); });
  if (filled.size() == inputs.size()) return std::nullopt;
  if (std::holds_alternative<Concat>(op)) return graph.add(op, filled, name);
  if (std::holds_alternative<Scatter>(op)) return graph.add(Identity{}, {inputs[0]}, name);  // no updates
  const te::Expr value = match_variant(op, [&](const auto& o) { return value_of_nothing(o, type.type); });
  return graph.add(Expand{type.shape}, {graph.add_constant(name, scalar(value))}, name);
}

}  // namespace tilewright::graph
