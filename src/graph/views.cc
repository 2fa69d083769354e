#include "graph/views.h"

#include <algorithm>
#include <map>

#include "base/integer.h"

namespace tilewright::graph {
namespace {

std::int64_t bytes_of_tensor(const Graph& graph, TensorId id) {
  return product(graph.shape(id)) * bytes_of(graph.type(id).type);
}

/// Whether all dimensions before `axis` have one element.
bool is_first_axis(const Shape& shape, int axis) {
  return std::all_of(shape.begin(), shape.begin() + axis, [](std::int64_t extent) { return extent == 1; });
}

/// Elements before the slice in its operand's memory, if it is in one piece; else -1.
std::int64_t begin_of(const Slice& slice, const Shape& shape) {
  const std::size_t rank = shape.size();
  std::size_t cut = rank;  // the last dimension of which only a part is taken
  for (std::size_t d = 0; d < rank; ++d) {
    if (slice.steps[d] != 1 && slice.shape[d] > 1) return -1;
    if (slice.shape[d] != shape[d]) cut = d;
  }
  std::int64_t begin = 0, stride = 1;
  for (std::size_t d = rank; d-- > 0;) {
    if (d < cut && cut < rank && slice.shape[d] != 1) return -1;
    begin += slice.starts[d] * stride;
    stride *= shape[d];
  }
  return begin;
}

}  // namespace

Views::Views(const Graph& graph) : is_view_(graph.nodes().size(), false) {
  const std::vector<int> readers = count_readers(graph);
  for (TensorId id = 0; id < graph.num_tensors(); ++id) part_of_.push_back({id, 0});
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (std::holds_alternative<Reshape>(node.op)) {
      part_of_[at(node.output)] = {node.inputs[0], 0};
      is_view_[i] = true;
    } else if (std::holds_alternative<Slice>(node.op)) {
      is_view_[i] = add_slice(graph, node, readers);
    }
  }
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    if (std::holds_alternative<Concat>(graph.nodes()[i].op)) is_view_[i] = add_concat(graph, graph.nodes()[i], readers);
}

Views::Memory Views::memory_of(TensorId id) const {
  Memory memory{id, 0};
  while (at(memory.owner) < part_of_.size()) {
    const Memory& next = part_of_[at(memory.owner)];
    if (next.owner == memory.owner) break;
    memory = {next.owner, memory.offset + next.offset};
  }
  return memory;
}

bool Views::add_slice(const Graph& graph, const Node& node, const std::vector<int>& readers) {
  const TensorId from = node.inputs[0];
  if (readers[at(from)] < 2 || graph.tensor(memory_of(from).owner).is_constant()) return false;
  const std::int64_t begin = begin_of(std::get<Slice>(node.op), graph.shape(from));
  const std::int64_t offset = begin * bytes_of(graph.type(from).type);
  if (begin < 0 || offset % kAlignment != 0) return false;
  part_of_[at(node.output)] = {from, offset};
  return true;
}

bool Views::add_concat(const Graph& graph, const Node& node, const std::vector<int>& readers) {
  if (!is_first_axis(graph.shape(node.output), std::get<Concat>(node.op).axis)) return false;
  std::map<TensorId, std::int64_t> offsets;  // of the memory of each part
  std::int64_t offset = 0;
  int read_elsewhere = 0;
  for (const TensorId id : node.inputs) {
    const Memory memory = memory_of(id);
    const std::int64_t bytes = bytes_of_tensor(graph, id);
    const bool is_whole = memory.offset == 0 && bytes == bytes_of_tensor(graph, memory.owner);
    if (!graph.producer(memory.owner) || !is_whole || offset % kAlignment != 0) return false;
    if (!offsets.emplace(memory.owner, offset).second) return false;
    int others = 0;  // that read it or what it is a reshape of
    for (TensorId seen = id;; seen = part_of_[at(seen)].owner) {
      others += readers[at(seen)] - 1;
      if (seen == memory.owner) break;
    }
    const Node* producer = graph.producer(memory.owner);
    const bool is_joined =  // in place itself, as a concat of very many tensors is one of concats
        std::holds_alternative<Concat>(producer->op) && is_view(static_cast<int>(producer - graph.nodes().data()));
    read_elsewhere += others > 0 || is_joined ? 1 : 0;
    offset += bytes;
  }
  if (2 * read_elsewhere < std::ssize(node.inputs)) return false;
  for (const auto& [owner, begin] : offsets) part_of_[at(owner)] = {node.output, begin};
  return true;
}

}  // namespace tilewright::graph
