#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace tilewright::graph {

/// The shape has a dimension of extent 0.
bool is_empty(const Shape& shape);

/// Adds what a node amounts to that computes or reads a tensor without elements, so that no node and no kernel ever
/// does: a constant without elements, the same of fewer tensors (concat), the data (scatter), or one value everywhere
/// (a sum of nothing is 0). Nothing is added if all tensors have elements. `type`: of the node's output, as `infer`
/// gives it.
std::optional<TensorId> add_without_elements(Graph& graph, const Op& op, const std::vector<TensorId>& inputs,
                                             const TensorType& type, const std::string& name);

}  // namespace tilewright::graph
