#include "graph/graph.h"

#include <algorithm>
#include <set>

namespace tilewright::graph {

TensorId Graph::add_input(std::string name, TensorType type) {
  tensors_.push_back({name, std::move(type), std::nullopt});
  producers_.push_back(-1);
  inputs_.push_back({std::move(name), num_tensors() - 1});
  return num_tensors() - 1;
}

TensorId Graph::add_constant(std::string name, runtime::Tensor value) {
  tensors_.push_back({std::move(name), {value.type(), value.shape()}, std::move(value)});
  producers_.push_back(-1);
  return num_tensors() - 1;
}

TensorId Graph::add_result(std::string name, TensorType type) {
  tensors_.push_back({std::move(name), std::move(type), std::nullopt});
  producers_.push_back(-1);
  return num_tensors() - 1;
}

TensorId Graph::add(Op op, std::vector<TensorId> inputs, std::string name) {
  std::vector<TensorType> types;
  for (const TensorId id : inputs) types.push_back(type(id));
  const Result<TensorType> inferred = infer(op, types);
  TW_CHECK(inferred, "{} '{}': {}", name_of(op), name, inferred.message());

  if (std::all_of(inputs.begin(), inputs.end(), [&](TensorId id) { return tensor(id).is_constant(); })) {
    std::vector<runtime::Tensor> values;
    for (const TensorId id : inputs) values.push_back(*tensor(id).constant);
    if (Result<runtime::Tensor> value = evaluate(op, values)) return add_constant(std::move(name), std::move(*value));
  }
  tensors_.push_back({name, *inferred, std::nullopt});
  producers_.push_back(static_cast<int>(nodes_.size()));
  nodes_.push_back({std::move(name), std::move(op), std::move(inputs), num_tensors() - 1});
  return num_tensors() - 1;
}

void Graph::add_output(std::string name, TensorId tensor) { outputs_.push_back({std::move(name), tensor}); }

const Node* Graph::producer(TensorId id) const {
  const int node = producers_[static_cast<std::size_t>(id)];
  return node < 0 ? nullptr : &nodes_[static_cast<std::size_t>(node)];
}

std::vector<int> count_readers(const Graph& graph) {
  std::vector<int> readers(static_cast<std::size_t>(graph.num_tensors()), 0);
  for (const Node& node : graph.nodes())
    for (const TensorId id : std::set<TensorId>(node.inputs.begin(), node.inputs.end()))
      ++readers[static_cast<std::size_t>(id)];
  for (const Port& port : graph.outputs()) ++readers[static_cast<std::size_t>(port.tensor)];
  return readers;
}

std::string to_text(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes()) {
    std::string inputs;
    for (const TensorId id : node.inputs) {
      const TensorInfo& t = graph.tensor(id);
      inputs += fmt::format("{}t{}{}", inputs.empty() ? "" : ", ", id,
                            t.is_constant() ? fmt::format(" [{} const]", to_text(t.type.shape)) : "");
    }
    text +=
        fmt::format("t{} [{}] = {}({})\n", node.output, to_text(graph.shape(node.output)), name_of(node.op), inputs);
  }
  return text;
}

}  // namespace tilewright::graph
