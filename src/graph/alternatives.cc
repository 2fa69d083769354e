#include "graph/alternatives.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/cores.h"
#include "base/parallel_for.h"
#include "graph/winograd.h"

namespace tilewright::graph {
namespace {

constexpr std::uint64_t kErrorSeed = 1;

/// Position of the node of a call that the algorithm can compute; -1: there is none.
int node_for(const Partition& cut, const TaskCall& call, Algorithm algorithm) {
  for (const int node : call.nodes)
    if (can_compute(cut.graph, cut.graph.nodes()[static_cast<std::size_t>(node)], algorithm)) return node;
  return -1;
}

/// The tasks of `cut` that the algorithm can compute, computed by it.
std::map<int, task::Task> tasks_by(const Partition& cut, Algorithm algorithm) {
  const auto can_be = [&](const TaskCall& call) { return node_for(cut, call, algorithm) >= 0; };
  if (std::none_of(cut.calls.begin(), cut.calls.end(), can_be)) return {};  // a workload has no nodes to rewrite
  const auto choice = [&](int node) {
    const bool can = can_compute(cut.graph, cut.graph.nodes()[static_cast<std::size_t>(node)], algorithm);
    return can ? algorithm : Algorithm::direct;
  };
  const Partition other = partition(with_algorithms(cut.graph, choice, Weights::shape_only));
  TW_CHECK(other.calls.size() == cut.calls.size(), "{} calls became {}", cut.calls.size(), other.calls.size());
  std::map<int, task::Task> tasks;
  for (std::size_t c = 0; c < cut.calls.size(); ++c) {
    const TaskCall& call = cut.calls[c];
    if (!can_be(call)) continue;
    task::Task task = other.tasks[static_cast<std::size_t>(other.calls[c].task)];
    task.count = cut.tasks[static_cast<std::size_t>(call.task)].count;
    task.alternative_of = cut.tasks[static_cast<std::size_t>(call.task)].key;
    tasks.emplace(call.task, std::move(task));
  }
  return tasks;
}

/// One layer, computed by an algorithm.
struct Layer {
  Alternative* alternative;
  const runtime::Tensor* weights;
  double error = 0;
};

/// Sets `error` and `is_exact_enough` of all alternatives.
void measure_errors(const Partition& cut, double max_error, int jobs, std::vector<std::vector<Alternative>>& all) {
  std::vector<Layer> layers;
  for (const TaskCall& call : cut.calls)
    for (Alternative& alternative : all[static_cast<std::size_t>(call.task)]) {
      const Node& node = cut.graph.nodes()[static_cast<std::size_t>(node_for(cut, call, alternative.algorithm))];
      layers.push_back({&alternative, &*cut.graph.tensor(node.inputs[1]).constant});
    }
  parallel_for(static_cast<int>(layers.size()), jobs > 0 ? jobs : available_cores(), [&](int i) {
    Layer& layer = layers[static_cast<std::size_t>(i)];
    layer.error = winograd_error(*layer.weights, tile_of(layer.alternative->algorithm), kErrorSeed);
  });
  for (const Layer& layer : layers) {
    double& largest = layer.alternative->error;
    if (!std::isnan(largest) && !(layer.error <= largest)) largest = layer.error;
    layer.alternative->is_exact_enough = largest <= max_error;
  }
}

}  // namespace

std::vector<std::vector<Alternative>> alternatives(const Partition& cut, const AlgorithmOptions& options, int jobs) {
  std::vector<std::vector<Alternative>> all(cut.tasks.size());
  for (const Algorithm algorithm : options.allowed) {
    if (algorithm == Algorithm::direct) continue;
    for (auto& [task, by_it] : tasks_by(cut, algorithm))
      all[static_cast<std::size_t>(task)].push_back({algorithm, 0, false, std::move(by_it)});
  }
  measure_errors(cut, options.max_error, jobs, all);
  return all;
}

Partition with_chosen(const Partition& cut, const std::vector<Algorithm>& chosen) {
  std::map<int, Algorithm> of_node;
  for (const TaskCall& call : cut.calls) {
    const Algorithm algorithm = chosen[static_cast<std::size_t>(call.task)];
    if (algorithm != Algorithm::direct) of_node[node_for(cut, call, algorithm)] = algorithm;
  }
  if (of_node.empty()) return cut;
  const auto choice = [&](int node) {
    const auto found = of_node.find(node);
    return found == of_node.end() ? Algorithm::direct : found->second;
  };
  return partition(with_algorithms(cut.graph, choice, Weights::transformed));
}

}  // namespace tilewright::graph
