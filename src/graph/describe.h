#pragma once

#include "graph/fusion.h"

namespace tilewright::graph {

/// A group for people: what it does, then on what: "conv2d+bias+relu 56x56x64->64 k3x3 s1", "matmul 1x2048->1000",
/// "concat 1x28x28x256".
std::string describe(const Graph& graph, const Group& group);

}  // namespace tilewright::graph
