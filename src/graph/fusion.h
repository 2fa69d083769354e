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

}  // namespace tilewright::graph
