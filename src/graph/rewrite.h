#pragma once

#include <functional>
#include <optional>

#include "graph/graph.h"

namespace tilewright::graph {

/// A graph that is built from another one, node by node in order. Only what an output depends on is copied.
class Rewriter {
 public:
  /// Says what to put in a node's place: a tensor of the new graph, or nothing to copy the node.
  using Rule = std::function<std::optional<TensorId>(Rewriter&, const Node&)>;
  static Graph run(const Graph& before, const Rule& rule);

  const Graph& before() const { return before_; }
  Graph& after() { return after_; }
  /// The new tensor in place of an old one that has been reached, or of a constant.
  TensorId moved(TensorId old);
  std::vector<TensorId> moved_inputs(const Node& node);
  /// The old tensor is read once, and is no output: what computes it may be changed for its reader.
  bool has_one_reader(TensorId old) const { return readers_[static_cast<std::size_t>(old)] == 1; }

 private:
  Rewriter(const Graph& before, const Rule& rule);
  const Graph& before_;
  Graph after_;
  std::vector<TensorId> moved_;
  std::vector<int> readers_;
};

/// The operator that computes `id`, as `Kind`; null if it is another, an input or a constant.
template <class Kind>
const Kind* produced_by(const Graph& graph, TensorId id) {
  const Node* node = graph.producer(id);
  return node ? std::get_if<Kind>(&node->op) : nullptr;
}

}  // namespace tilewright::graph
