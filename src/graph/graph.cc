#include "graph/graph.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/checksum.h"
#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/empty.h"
#include "graph/fields.h"

namespace tilewright::graph {
namespace {

std::string_view bytes_of(const runtime::Tensor& tensor) {
  return {static_cast<const char*>(tensor.data()), static_cast<std::size_t>(tensor.bytes())};
}

/// Shapes and the like are worked out however many there are.
constexpr std::int64_t kSmallGrowthBytes = std::int64_t{1} << 16;

/// By how much a result is larger than as many elements as its operands have together, each counted once. What is made
/// of single numbers does not count: such are the weights of networks that are handed on without theirs.
std::int64_t growth_bytes(const TensorType& result, std::span<const runtime::Tensor> operands) {
  std::set<const void*> seen;
  std::int64_t elements = 0;
  for (const runtime::Tensor& operand : operands)
    if (seen.insert(operand.data()).second) elements += operand.elements();
  return elements <= std::ssize(operands) ? 0 : (product(result.shape) - elements) * tilewright::bytes_of(result.type);
}

}  // namespace

TensorId Graph::add_input(std::string name, TensorType type) {
  tensors_.push_back({name, std::move(type), std::nullopt});
  producers_.push_back(-1);
  inputs_.push_back({std::move(name), num_tensors() - 1});
  return num_tensors() - 1;
}

TensorId Graph::add_constant(std::string name, runtime::Tensor value) {
  const TensorType type{value.type(), value.shape()};
  const std::uint64_t content = value.bytes() < kLeastSharedBytes ? 0 : checksum(bytes_of(value));
  return add_constant({std::move(name), type, std::move(value), content});
}

TensorId Graph::add_constant(const TensorInfo& constant) {
  tensors_.push_back(constant);
  producers_.push_back(-1);
  const TensorId id = num_tensors() - 1;
  if (constant.content == 0) return id;
  const auto [first, last] = constants_.equal_range(constant.content);
  const auto same = std::find_if(first, last, [&](const auto& entry) {
    const runtime::Tensor& other = *tensor(entry.second).constant;
    return other.type() == constant.type.type && bytes_of(other) == bytes_of(*constant.constant);
  });
  if (same == last)
    constants_.emplace(constant.content, id);
  else
    tensors_.back().constant = tensor(same->second).constant->reshaped(constant.type.shape);
  return id;
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
  if (const auto added = add_without_elements(*this, op, inputs, *inferred, name)) return *added;

  if (std::all_of(inputs.begin(), inputs.end(), [&](TensorId id) { return tensor(id).is_constant(); })) {
    std::vector<runtime::Tensor> values;
    for (const TensorId id : inputs) values.push_back(*tensor(id).constant);
    const std::int64_t growth = growth_bytes(*inferred, values);
    if (growth <= kSmallGrowthBytes || grown_bytes_ + growth <= kMostGrowthBytes)
      if (Result<runtime::Tensor> value = evaluate(op, values)) {
        if (growth > kSmallGrowthBytes) grown_bytes_ += growth;
        return add_constant(std::move(name), std::move(*value));
      }
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
  for (const GraphPort& port : graph.outputs()) ++readers[static_cast<std::size_t>(port.tensor)];
  return readers;
}

}  // namespace tilewright::graph
