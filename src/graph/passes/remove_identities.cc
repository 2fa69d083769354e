#include <algorithm>

#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {
namespace {

bool all_zero(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(), [](std::int64_t x) { return x == 0; });
}

bool hands_on(const Node& node, const Graph& graph) {
  const TensorType& in = graph.type(node.inputs[0]);
  if (std::holds_alternative<Identity>(node.op)) return true;
  if (std::holds_alternative<Concat>(node.op)) return node.inputs.size() == 1;
  if (const auto* op = std::get_if<Cast>(&node.op)) return op->type == in.type;
  if (const auto* op = std::get_if<Reshape>(&node.op)) return op->shape == in.shape;
  if (const auto* op = std::get_if<Expand>(&node.op)) return op->shape == in.shape;
  if (const auto* op = std::get_if<Transpose>(&node.op)) return std::is_sorted(op->order.begin(), op->order.end());
  if (const auto* op = std::get_if<Pad>(&node.op)) return all_zero(op->begin) && all_zero(op->end);
  if (const auto* op = std::get_if<Slice>(&node.op))
    return op->shape == in.shape &&
           std::all_of(op->steps.begin(), op->steps.end(), [](std::int64_t s) { return s == 1; });
  return false;
}

}  // namespace

Graph remove_identities(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    Graph& after = rewriter.after();
    if (hands_on(node, rewriter.before())) return rewriter.moved(node.inputs[0]);
    if (node.inputs.size() != 1) return std::nullopt;
    const TensorId input = rewriter.moved(node.inputs[0]);
    const Node* source = after.producer(input);
    if (!source) return std::nullopt;
    if (std::holds_alternative<Reshape>(node.op) && std::holds_alternative<Reshape>(source->op)) {
      const TensorId origin = source->inputs[0];
      const Shape& shape = std::get<Reshape>(node.op).shape;
      return after.shape(origin) == shape ? origin : after.add(node.op, {origin}, node.name);
    }
    return std::nullopt;
  });
}

}  // namespace tilewright::graph
