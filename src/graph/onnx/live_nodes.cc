#include "graph/onnx/live_nodes.h"

#include <unordered_map>

namespace tilewright::graph {

std::vector<const onnx::GraphProto*> bodies_of(const onnx::NodeProto& node) {
  std::vector<const onnx::GraphProto*> bodies;
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g()) bodies.push_back(&attribute.g());
    for (const onnx::GraphProto& body : attribute.graphs()) bodies.push_back(&body);
  }
  return bodies;
}

void for_each_read(const onnx::NodeProto& node, const std::function<void(const std::string&)>& f) {
  for (const std::string& name : node.input()) f(name);
  for (const onnx::GraphProto* body : bodies_of(node)) {
    for (const onnx::NodeProto& inner : body->node()) for_each_read(inner, f);
    for (const onnx::ValueInfoProto& output : body->output()) f(output.name());
  }
}

std::vector<bool> live_nodes(const onnx::GraphProto& graph) {
  std::unordered_map<std::string, std::vector<int>> producers;
  for (int i = 0; i < graph.node_size(); ++i)
    for (const std::string& output : graph.node(i).output())
      if (!output.empty()) producers[output].push_back(i);

  std::vector<bool> live(static_cast<std::size_t>(graph.node_size()), false);
  std::vector<int> reached;
  const auto reach = [&](const std::string& name) {
    const auto found = producers.find(name);
    if (found == producers.end()) return;
    for (const int i : found->second) {
      if (live[static_cast<std::size_t>(i)]) continue;
      live[static_cast<std::size_t>(i)] = true;
      reached.push_back(i);
    }
  };
  for (const onnx::ValueInfoProto& output : graph.output()) reach(output.name());
  while (!reached.empty()) {
    const int next = reached.back();
    reached.pop_back();
    for_each_read(graph.node(next), reach);
  }
  return live;
}

}  // namespace tilewright::graph
