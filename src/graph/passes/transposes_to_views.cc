#include <algorithm>

#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {

Graph transposes_to_views(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    const auto* transpose = std::get_if<Transpose>(&node.op);
    if (!transpose) return std::nullopt;
    const Shape& shape = rewriter.before().shape(node.inputs[0]);
    std::vector<int> moved;  // the dimensions that matter
    for (const int d : transpose->order)
      if (shape[static_cast<std::size_t>(d)] != 1) moved.push_back(d);
    if (!std::is_sorted(moved.begin(), moved.end())) return std::nullopt;
    return rewriter.after().add(Reshape{rewriter.before().shape(node.output)}, {rewriter.moved(node.inputs[0])},
                                node.name);
  });
}

}  // namespace tilewright::graph
