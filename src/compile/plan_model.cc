#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "base/checksum.h"
#include "compile/compile_model.h"
#include "compile/memory_plan.h"

namespace tilewright::compile {
namespace {

using Place = runtime::BufferRef::Place;

/// The constants of a plan: bytes that are there already are not there again, whatever they stand for.
class Constants {
 public:
  runtime::BufferRef add(runtime::Tensor tensor) {
    const std::string_view bytes = bytes_of(tensor);
    const std::uint64_t sum = checksum(bytes);
    const auto [first, last] = by_checksum_.equal_range(sum);
    for (auto entry = first; entry != last; ++entry)
      if (bytes_of(tensors_[entry->second]) == bytes) return place(entry->second);
    tensors_.push_back(std::move(tensor));
    return place(by_checksum_.emplace(sum, tensors_.size() - 1)->second);
  }
  std::vector<runtime::Tensor> take() { return std::move(tensors_); }

 private:
  static std::string_view bytes_of(const runtime::Tensor& tensor) {
    return {static_cast<const char*>(tensor.data()), static_cast<std::size_t>(tensor.bytes())};
  }
  static runtime::BufferRef place(std::size_t position) {
    return {Place::constant, static_cast<std::int64_t>(position)};
  }

  std::vector<runtime::Tensor> tensors_;
  std::unordered_multimap<std::uint64_t, std::size_t> by_checksum_;
};

/// Where the memory of every tensor is.
class Placement {
 public:
  Placement(const graph::Partition& partition, const std::vector<std::vector<PackedArgument>>& packed)
      : partition_(partition), packed_(packed) {}

  runtime::ModelPlan run() {
    const graph::Graph& graph = partition_.graph;
    for (const graph::GraphPort& port : graph.inputs()) {
      places_[port.tensor] = {Place::input, static_cast<std::int64_t>(plan_.inputs.size())};
      plan_.inputs.push_back({port.name, graph.type(port.tensor).type, graph.shape(port.tensor)});
    }
    place_outputs();
    place_arena();
    for (const graph::TaskCall& call : partition_.calls) add_call(call);
    add_copies();
    for (const task::Task& task : partition_.tasks) plan_.flops += task.flops * task.count;
    plan_.constants = constants_.take();
    return std::move(plan_);
  }

 private:
  /// A kernel's result goes straight to the first output that shows it.
  void place_outputs() {
    const graph::Graph& graph = partition_.graph;
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
      const graph::GraphPort& port = graph.outputs()[i];
      const auto [owner, offset] = partition_.views.memory_of(port.tensor);
      // An input keeps its place; a part of what is larger is copied.
      if (!graph.tensor(owner).is_constant() && bytes(owner) == bytes(port.tensor))
        places_.emplace(owner, runtime::BufferRef{Place::output, static_cast<std::int64_t>(i)});
      plan_.outputs.push_back({port.name, graph.type(port.tensor).type, graph.shape(port.tensor)});
    }
  }

  void place_arena() {
    std::map<graph::TensorId, Lifetime> lives;
    for (int c = 0; c < static_cast<int>(partition_.calls.size()); ++c) {
      const graph::TaskCall& call = partition_.calls[static_cast<std::size_t>(c)];
      const graph::TensorId owner = partition_.views.memory_of(call.output).owner;
      if (places_.count(owner) == 0) lives.try_emplace(owner, Lifetime{bytes(owner), c, c}).first->second.last = c;
      for (const graph::TensorId input : call.inputs)
        if (const auto life = lives.find(partition_.views.memory_of(input).owner); life != lives.end())
          life->second.last = c;
    }
    for (const graph::GraphPort& port : partition_.graph.outputs())  // what is copied at the end
      if (const auto life = lives.find(partition_.views.memory_of(port.tensor).owner); life != lives.end())
        life->second.last = static_cast<int>(partition_.calls.size());
    std::vector<Lifetime> buffers;
    for (const auto& [tensor, life] : lives) buffers.push_back(life);
    const MemoryPlan memory = plan_memory(buffers);
    std::size_t next = 0;
    for (const auto& [tensor, life] : lives) places_[tensor] = {Place::arena, memory.offsets[next++]};
    plan_.arena_bytes = memory.bytes;
  }

  std::int64_t bytes(graph::TensorId id) const {
    const graph::TensorType& type = partition_.graph.type(id);
    std::int64_t elements = 1;
    for (const std::int64_t extent : type.shape) elements *= extent;
    return elements * bytes_of(type.type);
  }

  runtime::BufferRef place(graph::TensorId id) {
    const auto [owner, offset] = partition_.views.memory_of(id);
    runtime::BufferRef ref = place_of_owner(owner);
    (ref.place == Place::arena ? ref.position : ref.offset) += offset;
    return ref;
  }

  runtime::BufferRef place_of_owner(graph::TensorId owner) {
    const auto known = places_.find(owner);
    if (known != places_.end()) return known->second;
    const graph::TensorInfo& tensor = partition_.graph.tensor(owner);
    TW_CHECK(tensor.is_constant(), "nothing computes tensor '{}'", tensor.name);
    return places_[owner] = constants_.add(*tensor.constant);
  }

  void add_call(const graph::TaskCall& call) {
    const auto task = static_cast<std::size_t>(call.task);
    plan_.calls.push_back({call.task, symbol_of_task(call.task), {}, partition_.tasks[task].description});
    std::vector<runtime::BufferRef>& buffers = plan_.calls.back().buffers;
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      const auto packed = std::find_if(packed_[task].begin(), packed_[task].end(),
                                       [&](const PackedArgument& p) { return p.argument == static_cast<int>(i); });
      buffers.push_back(packed == packed_[task].end() ? place(call.inputs[i])
                                                      : place_packed(call.inputs[i], packed->layout));
    }
    buffers.push_back(place(call.output));
  }

  /// A constant in the layout that a kernel wants; the same layout of the same memory once.
  runtime::BufferRef place_packed(graph::TensorId id, const BlockedLayout& layout) {
    const graph::TensorInfo& tensor = partition_.graph.tensor(partition_.views.memory_of(id).owner);
    TW_CHECK(tensor.is_constant(), "tensor '{}' is not constant, so it can't be packed", tensor.name);
    const void* const memory = tensor.constant->data();
    const auto known = std::find_if(packed_constants_.begin(), packed_constants_.end(),
                                    [&](const PackedConstant& p) { return p.memory == memory && p.layout == layout; });
    if (known != packed_constants_.end()) return known->place;
    runtime::Tensor blocked(tensor.type.type, layout.blocked_shape());
    to_blocks(layout, bytes_of(blocked.type()), memory, blocked.data());
    packed_constants_.push_back({memory, layout, constants_.add(std::move(blocked))});
    return packed_constants_.back().place;
  }

  void add_copies() {
    const graph::Graph& graph = partition_.graph;
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
      const runtime::BufferRef from = place(graph.outputs()[i].tensor);
      if (from.place != Place::output || from.position != static_cast<std::int64_t>(i) || from.offset != 0)
        plan_.copies.push_back({from, static_cast<int>(i)});
    }
  }

  struct PackedConstant {
    const void* memory;
    BlockedLayout layout;
    runtime::BufferRef place;
  };

  const graph::Partition& partition_;
  const std::vector<std::vector<PackedArgument>>& packed_;
  Constants constants_;
  std::vector<PackedConstant> packed_constants_;
  runtime::ModelPlan plan_;
  std::map<graph::TensorId, runtime::BufferRef> places_;  ///< of tensors that own their memory
};

}  // namespace

std::string symbol_of_task(int task) { return fmt::format("tw_task_{}", task); }

runtime::ModelPlan plan_model(const graph::Partition& partition,
                              const std::vector<std::vector<PackedArgument>>& packed) {
  return Placement(partition, packed).run();
}

}  // namespace tilewright::compile
