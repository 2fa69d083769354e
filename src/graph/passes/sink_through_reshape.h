#pragma once

#include <optional>

#include "graph/graph.h"

namespace tilewright::graph {

/// Reshape(Transpose(source, order), shape) in another order: what of the transpose only moves whole groups of
/// dimensions, which the reshape splits or joins each on its own, is done after the reshape, where it can meet others
/// and cancel.
///
/// Example  source [n, h, w, c] seen as [n, c, h, w] and reshaped to [n, g, c / g, h, w] is a reshape to
///          [n, h, w, g, c / g] and then a transpose.
/// Returns nothing if there is no such part.
std::optional<TensorId> sink_through_reshape(Graph& graph, TensorId source, const std::vector<int>& order,
                                             const Shape& shape, const std::string& name);

}  // namespace tilewright::graph
