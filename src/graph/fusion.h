#pragma once

#include <vector>

#include "graph/graph.h"
#include "graph/views.h"

namespace tilewright::graph {

/// Nodes that one kernel computes. Only the last one's output is read outside.
struct Group {
  std::vector<int> nodes;  ///< positions in graph.nodes(), ascending
};

/// Groups in an order in which each comes after those it reads; views are in none. See `partition` for the rules.
std::vector<Group> fuse(const Graph& graph, const Views& views);

/// A group for people: what it does, then on what: "conv2d+bias+relu 56x56x64->64 k3x3 s1", "matmul 1x2048->1000",
/// "concat 1x28x28x256".
std::string describe(const Graph& graph, const Group& group);

}  // namespace tilewright::graph
