#include "graph/rewrite.h"

#include <algorithm>

namespace tilewright::graph {
namespace {

/// Nodes that an output depends on.
std::vector<bool> live_nodes(const Graph& graph) {
  std::vector<bool> needed(static_cast<std::size_t>(graph.num_tensors()), false), live(graph.nodes().size(), false);
  for (const GraphPort& port : graph.outputs()) needed[static_cast<std::size_t>(port.tensor)] = true;
  for (std::size_t i = graph.nodes().size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    live[i] = needed[static_cast<std::size_t>(node.output)];
    if (!live[i]) continue;
    for (const TensorId id : node.inputs) needed[static_cast<std::size_t>(id)] = true;
  }
  return live;
}

}  // namespace

Rewriter::Rewriter(const Graph& before, const Rule& rule)
    : before_(before), moved_(static_cast<std::size_t>(before.num_tensors()), -1), readers_(count_readers(before)) {
  for (const GraphPort& port : before.inputs())
    moved_[static_cast<std::size_t>(port.tensor)] = after_.add_input(port.name, before.type(port.tensor));
  const std::vector<bool> live = live_nodes(before);
  for (std::size_t i = 0; i < before.nodes().size(); ++i) {
    const Node& node = before.nodes()[i];
    if (!live[i]) continue;
    std::optional<TensorId> replaced = rule(*this, node);
    if (!replaced) replaced = after_.add(node.op, moved_inputs(node), node.name);
    TW_CHECK(after_.type(*replaced) == before.type(node.output), "{} '{}' changed its type", name_of(node.op),
             node.name);
    moved_[static_cast<std::size_t>(node.output)] = *replaced;
  }
  for (const GraphPort& port : before.outputs()) after_.add_output(port.name, moved(port.tensor));
}

Graph Rewriter::run(const Graph& before, const Rule& rule) {
  Graph after = std::move(Rewriter(before, rule).after_);
  const std::vector<bool> live = live_nodes(after);
  if (std::all_of(live.begin(), live.end(), [](bool is_live) { return is_live; })) return after;
  const Rule copy = [](Rewriter&, const Node&) { return std::nullopt; };
  return std::move(Rewriter(after, copy).after_);
}

TensorId Rewriter::moved(TensorId old) {
  TensorId& id = moved_[static_cast<std::size_t>(old)];
  if (id < 0) {
    const TensorInfo& tensor = before_.tensor(old);
    TW_CHECK(tensor.is_constant(), "tensor '{}' is read before it is computed", tensor.name);
    id = after_.add_constant(tensor);
  }
  return id;
}

std::vector<TensorId> Rewriter::moved_inputs(const Node& node) {
  std::vector<TensorId> inputs;
  for (const TensorId id : node.inputs) inputs.push_back(moved(id));
  return inputs;
}

}  // namespace tilewright::graph
