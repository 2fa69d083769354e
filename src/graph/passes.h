#pragma once

#include "base/pass_manager.h"
#include "graph/graph.h"

namespace tilewright::graph {

// Every pass returns a graph that computes the same, up to rounding, under the same input and output names. Constants
// are folded and dead nodes dropped by all of them.

/// After: no node merely hands its input on; a chain of reshapes is one.
Graph remove_identities(const Graph& graph);
/// After: no batch_norm with constant parameters; each is a product with and a sum of constants per channel.
Graph lower_batch_norm(const Graph& graph);
/// Before: no batch_norm. After: products with and sums of constants are merged where they meet, scale first; a scale
/// per output channel right after a convolution or matrix product is part of its weights.
Graph fold_scales(const Graph& graph);
/// After: padding with zeros in front of a convolution is part of it.
Graph merge_pads(const Graph& graph);
/// After: convolutions and pools are nhwc, between transposes of their data; weights are laid out for it, and constant
/// right sides of matrix products are not transposed.
Graph to_nhwc(const Graph& graph);
/// After: transposes have moved towards the outputs through everything that works as well on transposed data, and have
/// met and cancelled on the way.
Graph sink_transposes(const Graph& graph);
/// After: a transpose that moves only dimensions of extent 1 is a reshape.
Graph transposes_to_views(const Graph& graph);

/// After: no concat joins more than a kernel can; one of very many tensors is a concat of concats.
Graph split_concats(const Graph& graph);
/// After: no large constant operand of an elementwise node repeats along a dimension what broadcasting repeats.
Graph narrow_constants(const Graph& graph);

/// All of them, in their order.
using Passes = PassManager<Graph>;
Passes& pass_manager();
/// The graph after all passes.
Graph optimize(const Graph& graph);

}  // namespace tilewright::graph
