#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace tilewright::graph {

/// How a convolution is computed: from its definition, or by Winograd's F(2 x 2, 3 x 3) or F(4 x 4, 3 x 3).
enum class Algorithm : std::uint8_t { direct, winograd2, winograd4 };
inline constexpr std::array kAlgorithms{Algorithm::direct, Algorithm::winograd2, Algorithm::winograd4};

std::string_view name_of(Algorithm algorithm);
/// Results on a side of a Winograd tile; 0: direct.
std::int64_t tile_of(Algorithm algorithm);
/// "direct,winograd4": each once, in the order given. Errors: Error(usage) for an empty or unknown name; the message
/// lists those known.
std::vector<Algorithm> parse_algorithms(std::string_view list);

/// Whether a node of a network may be computed so. All may be computed directly; by Winograd, convolutions of f32 in
/// nhwc, 3 x 3, with stride, dilation and group 1, constant weights and at least 16 channels on either side (a
/// heuristic: with few channels, transforms cost more than multiplications are saved).
bool can_compute(const Graph& graph, const Node& node, Algorithm algorithm);

/// Which constants stand in the places of weights that are transformed.
enum class Weights {
  transformed,
  shape_only,  ///< without memory: for a graph that tells tasks, and is never compiled
};

/// The same network with each node computed as `choice` says of its position in graph.nodes().
/// Errors: InternalError if a node can't be computed so.
Graph with_algorithms(const Graph& graph, const std::function<Algorithm(int)>& choice, Weights weights);

}  // namespace tilewright::graph
