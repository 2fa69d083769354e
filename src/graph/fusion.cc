#include "graph/fusion.h"

#include <algorithm>
#include <utility>

namespace tilewright::graph {
namespace {

/// Moves elements, each to one place at most: may be computed where it is read.
bool moves_data(const Op& op) {
  return std::holds_alternative<Transpose>(op) || std::holds_alternative<Concat>(op) ||
         std::holds_alternative<Pad>(op) || std::holds_alternative<Slice>(op);
}

/// A computation whose result elementwise nodes may change before it is stored.
bool takes_epilogue(const Op& op) {
  return std::holds_alternative<Conv>(op) || std::holds_alternative<Conv3d>(op) || std::holds_alternative<MatMul>(op) ||
         std::holds_alternative<Pool>(op) || std::holds_alternative<Reduce>(op) || std::holds_alternative<Expand>(op);
}

/// What one kernel may grow to, so that it compiles in a moment whatever the network: chains of thousands of nodes and
/// nodes that read their producer twice (x + x, again and again) become several kernels. Well above what networks have
/// between two convolutions or products.
constexpr std::size_t kMostNodes = 32;
constexpr double kMostWork = 256;

/// Operations for one element of the node itself, its operands left out: about as many instructions as it becomes.
double own_work(const Node& node) {
  constexpr double kFunction = 14;  // exp in line
  if (std::holds_alternative<Unary>(node.op)) return kFunction;
  if (std::holds_alternative<Concat>(node.op)) return 2 * static_cast<double>(node.inputs.size());
  return std::holds_alternative<Pad>(node.op) ? 2 : 1;
}

/// How often an element of an operand is read for one of the result.
double reads_of_operand(const Op& op) { return std::holds_alternative<LeakyRelu>(op) ? 2 : 1; }

/// Per node: the longest chain of nodes that leads to it.
std::vector<int> depths(const Graph& graph) {
  std::vector<int> depths;
  for (const Node& node : graph.nodes()) {
    int depth = 0;
    for (const TensorId id : node.inputs)
      if (const Node* producer = graph.producer(id))
        depth = std::max(depth, depths[static_cast<std::size_t>(producer - graph.nodes().data())] + 1);
    depths.push_back(depth);
  }
  return depths;
}

class Fuser {
 public:
  Fuser(const Graph& graph, const Views& views)
      : graph_(graph),
        views_(views),
        readers_(count_readers(graph)),
        depths_(depths(graph)),
        group_of_(graph.nodes().size(), -1),
        groups_(graph.nodes().size()),
        work_(graph.nodes().size(), 1) {}

  std::vector<Group> run() {
    for (int i = 0; i < static_cast<int>(graph_.nodes().size()); ++i) {
      const Node& node = at(i);
      if (views_.is_view(i)) continue;
      group_of(i) = i;
      group(i).nodes = {i};
      if (is_elementwise(node.op)) join_computation(i);
      if (is_elementwise(node.op) || moves_data(node.op)) take_producers(i);
      work_[static_cast<std::size_t>(i)] = work_with(-1, i);
    }
    std::vector<Group> groups;  // by last node: all that a group reads was made before
    for (int i = 0; i < static_cast<int>(graph_.nodes().size()); ++i)
      if (group_of(i) >= 0 && group(group_of(i)).nodes.back() == i) groups.push_back(group(group_of(i)));
    return groups;
  }

 private:
  const Node& at(int i) const { return graph_.nodes()[static_cast<std::size_t>(i)]; }
  int& group_of(int i) { return group_of_[static_cast<std::size_t>(i)]; }
  Group& group(int g) { return groups_[static_cast<std::size_t>(g)]; }

  /// The node that computes `id` for one reader only, or -1.
  int sole_producer(TensorId id) const {
    const Node* node = graph_.producer(id);
    if (!node || readers_[static_cast<std::size_t>(id)] != 1) return -1;
    const auto position = static_cast<int>(node - graph_.nodes().data());
    return views_.is_view(position) ? -1 : position;
  }
  /// Operations for one element of `node` when everything in its group and group `g` is computed where it is read.
  double work_with(int g, int node) {
    if (takes_epilogue(at(node).op)) return 1;  // it is stored, then read
    double work = own_work(at(node));
    for (const TensorId id : at(node).inputs) {
      const Node* producer = graph_.producer(id);
      const int p = producer ? static_cast<int>(producer - graph_.nodes().data()) : -1;
      const bool is_inside = p >= 0 && group_of(p) >= 0 && (group_of(p) == g || group_of(p) == group_of(node));
      work += reads_of_operand(at(node).op) * (is_inside ? work_[static_cast<std::size_t>(p)] : 1);
    }
    return work;
  }
  /// Group `g` and that of `node`, whose result is read last, are small enough for one kernel.
  bool fits_together(int g, int node) {
    return group(g).nodes.size() + group(group_of(node)).nodes.size() <= kMostNodes && work_with(g, node) <= kMostWork;
  }

  bool is_pure(int g) {
    return std::all_of(group(g).nodes.begin(), group(g).nodes.end(),
                       [&](int i) { return is_elementwise(at(i).op) || moves_data(at(i).op); });
  }
  bool can_take_epilogue(int g) {
    return std::all_of(group(g).nodes.begin(), group(g).nodes.end(), [&](int i) {
      return is_elementwise(at(i).op) || takes_epilogue(at(i).op) || moves_data(at(i).op);
    });
  }

  /// Joins the group of `node` and that of the computation it changes: the deepest one among its operands of full
  /// shape, so that a sum at the end of a residual block joins the block's last convolution and not the one of its
  /// shortcut.
  void join_computation(int node) {
    int deepest = -1;
    const auto depth = [&](int i) { return depths_[static_cast<std::size_t>(i)]; };
    for (const TensorId id : at(node).inputs) {
      const int producer = sole_producer(id);
      if (producer < 0 || graph_.shape(id) != graph_.shape(at(node).output)) continue;
      const int g = group_of(producer);
      if (is_pure(g) || !can_take_epilogue(g) || !fits_together(g, node)) continue;
      if (deepest < 0 || std::pair(depth(producer), producer) > std::pair(depth(deepest), deepest)) deepest = producer;
    }
    if (deepest >= 0) merge(group_of(deepest), node);
  }

  bool moves_any_data(int g) {
    return std::any_of(group(g).nodes.begin(), group(g).nodes.end(), [&](int i) { return moves_data(at(i).op); });
  }

  /// Merges groups that only feed this node, element by element, into its group. The elements of a convolution's
  /// operands stay where they are.
  void take_producers(int node) {
    for (const TensorId id : at(node).inputs) {
      const int producer = sole_producer(id);
      if (producer < 0 || group_of(producer) == group_of(node) || !is_pure(group_of(producer))) continue;
      if (moves_any_data(group_of(producer)) && !is_pure(group_of(node))) continue;
      const bool once_each = moves_data(at(node).op) || graph_.shape(id) == graph_.shape(at(node).output);
      if (once_each && fits_together(group_of(producer), node)) merge(group_of(producer), node);
    }
  }

  /// Joins group `g`, whose result only `node` reads, and the group of `node`.
  void merge(int g, int node) {
    const int into = group_of(node);
    if (g == into) return;
    Group& target = group(into);
    for (const int i : group(g).nodes) {
      group_of(i) = into;
      target.nodes.push_back(i);
    }
    group(g).nodes.clear();
    std::sort(target.nodes.begin(), target.nodes.end());
  }

  const Graph& graph_;
  const Views& views_;
  std::vector<int> readers_, depths_;
  std::vector<int> group_of_;  ///< per node; -1: a view
  std::vector<Group> groups_;  ///< the group founded by each node; empty when it was merged
  std::vector<double> work_;   ///< per node: operations for one element, as in work_with
};

}  // namespace

std::vector<Group> fuse(const Graph& graph, const Views& views) { return Fuser(graph, views).run(); }

}  // namespace tilewright::graph
