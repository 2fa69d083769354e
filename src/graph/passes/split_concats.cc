#include <algorithm>

#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {
namespace {

/// An element of the result asks for each tensor in turn whether it is from there, and a kernel takes them all.
constexpr std::size_t kMostJoined = 32;

/// One tensor in place of each `kMostJoined` of `pieces`.
std::vector<TensorId> joined(Graph& graph, const Concat& op, const std::vector<TensorId>& pieces,
                             const std::string& name) {
  std::vector<TensorId> fewer;
  for (std::size_t first = 0; first < pieces.size(); first += kMostJoined) {
    const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kMostJoined, pieces.size() - first));
    fewer.push_back(end - begin == 1 ? *begin : graph.add(op, {begin, end}, name));
  }
  return fewer;
}

}  // namespace

Graph split_concats(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    const auto* concat = std::get_if<Concat>(&node.op);
    if (!concat || node.inputs.size() <= kMostJoined) return std::nullopt;
    std::vector<TensorId> pieces = rewriter.moved_inputs(node);
    while (pieces.size() > 1) pieces = joined(rewriter.after(), *concat, pieces, node.name);
    return pieces[0];
  });
}

}  // namespace tilewright::graph
