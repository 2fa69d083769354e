#include "graph/algorithms.h"

#include <algorithm>

#include "graph/rewrite.h"
#include "graph/winograd.h"

namespace tilewright::graph {
namespace {

constexpr std::int64_t kLeastChannels = 16;

std::string known_names() {
  std::string names;
  for (const Algorithm algorithm : kAlgorithms)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(algorithm));
  return names;
}

Algorithm parse_algorithm(std::string_view name) {
  for (const Algorithm algorithm : kAlgorithms)
    if (name == name_of(algorithm)) return algorithm;
  throw Error(Code::usage, "'{}' is no algorithm; known are {}", name, known_names());
}

bool is_3x3_of_stride_1(const Conv& conv) {
  constexpr std::array<std::int64_t, 2> kThree{3, 3}, kOne{1, 1};
  const Window& w = conv.window;
  const bool pads_fit = std::min({w.pad_begin[0], w.pad_begin[1], w.pad_end[0], w.pad_end[1]}) >= 0;
  return w.kernel == kThree && w.strides == kOne && w.dilations == kOne && conv.groups == 1 &&
         conv.phases.count() == 1 && pads_fit;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  constexpr std::array<std::string_view, kAlgorithms.size()> kNames{"direct", "winograd2", "winograd4"};
  return kNames[static_cast<std::size_t>(algorithm)];
}

std::int64_t tile_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::direct:
      return 0;
    case Algorithm::winograd2:
      return 2;
    case Algorithm::winograd4:
      return 4;
  }
  TW_CHECK(false, "no such algorithm");
}

std::vector<Algorithm> parse_algorithms(std::string_view list) {
  std::vector<Algorithm> algorithms;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const Algorithm algorithm = parse_algorithm(list.substr(begin, end - begin));
    if (std::find(algorithms.begin(), algorithms.end(), algorithm) == algorithms.end()) algorithms.push_back(algorithm);
    begin = end + 1;
  }
  return algorithms;
}

bool can_compute(const Graph& graph, const Node& node, Algorithm algorithm) {
  if (algorithm == Algorithm::direct) return true;
  const auto* conv = std::get_if<Conv>(&node.op);
  if (!conv || conv->layout != Layout::nhwc || conv->winograd_tile != 0 || !is_3x3_of_stride_1(*conv)) return false;
  const TensorType &data = graph.type(node.inputs[0]), &weights = graph.type(node.inputs[1]);
  return data.type == DType::f32 && !graph.tensor(node.inputs[0]).is_constant() &&
         graph.tensor(node.inputs[1]).is_constant() && std::min(weights.shape[2], weights.shape[3]) >= kLeastChannels;
}

Graph with_algorithms(const Graph& graph, const std::function<Algorithm(int)>& choice, Weights weights) {
  return Rewriter::run(graph, [&](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    const Algorithm algorithm = choice(static_cast<int>(&node - graph.nodes().data()));
    if (algorithm == Algorithm::direct) return std::nullopt;
    TW_CHECK(can_compute(graph, node, algorithm), "{} '{}' can't be computed by {}", name_of(node.op), node.name,
             name_of(algorithm));
    Conv conv = std::get<Conv>(node.op);
    conv.winograd_tile = tile_of(algorithm);
    const TensorInfo& direct = graph.tensor(node.inputs[1]);
    runtime::Tensor value =
        weights == Weights::transformed
            ? winograd_weights(*direct.constant, conv.winograd_tile)
            : runtime::Tensor::view(DType::f32, winograd_shape(direct.type.shape, conv.winograd_tile), nullptr);
    const TensorId transformed = rewriter.after().add_constant(direct.name, std::move(value));
    return rewriter.after().add(conv, {rewriter.moved(node.inputs[0]), transformed}, node.name);
  });
}

}  // namespace tilewright::graph
