#include <algorithm>

#include "base/shape_text.h"
#include "graph/fusion.h"

namespace tilewright::graph {
namespace {

/// A sum with a constant vector along the last dimension.
bool adds_bias(const Graph& graph, const Node& node) {
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || binary->op != te::BinaryOp::add) return false;
  const std::int64_t channels = graph.shape(node.output).empty() ? 0 : graph.shape(node.output).back();
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
    const Shape& shape = graph.shape(id);
    return graph.tensor(id).is_constant() && !shape.empty() && shape.back() == channels &&
           std::all_of(shape.begin(), shape.end() - 1, [](std::int64_t x) { return x == 1; });
  });
}

std::string name_of(const Graph& graph, const Node& node) {
  if (adds_bias(graph, node)) return "bias";
  if (const auto* conv = std::get_if<Conv>(&node.op))
    if (conv->groups > 1 && conv->groups == graph.shape(node.inputs[0]).back()) return "depthwise_conv2d";
  return name_of(node.op);
}

/// "[batch x] height x width x channels"
std::string image(const Shape& nhwc) {
  return (nhwc[0] == 1 ? "" : std::to_string(nhwc[0]) + "x") + fmt::format("{}x{}x{}", nhwc[1], nhwc[2], nhwc[3]);
}

std::string window_text(const Window& w) {
  std::string text = fmt::format(" k{}x{} s{}", w.kernel[0], w.kernel[1], w.strides[0]);
  if (w.strides[0] != w.strides[1]) text += fmt::format("x{}", w.strides[1]);
  if (w.dilations[0] != 1 || w.dilations[1] != 1) text += fmt::format(" d{}x{}", w.dilations[0], w.dilations[1]);
  return text;
}

std::string size_text(const Graph& graph, const Node& node) {
  const Shape& in = graph.shape(node.inputs[0]);
  const Shape& out = graph.shape(node.output);
  if (const auto* conv = std::get_if<Conv>(&node.op))
    return fmt::format(
        "{}->{}{}{}{}", image(in), out[3], window_text(conv->window),
        conv->groups == 1 ? "" : fmt::format(" g{}", conv->groups),
        conv->phases.count() == 1 ? "" : fmt::format(" in {}x{} phases", conv->phases.h, conv->phases.w));
  if (const auto* pool = std::get_if<Pool>(&node.op)) return image(in) + window_text(pool->window);
  if (std::holds_alternative<MatMul>(node.op)) return fmt::format("{}->{}", shape_text(in), out.back());
  if (std::holds_alternative<Reduce>(node.op)) return fmt::format("{}->{}", shape_text(in), shape_text(out));
  return shape_text(out);
}

/// The node that is most of the work: what is not elementwise, if there is such.
const Node& main_node(const Graph& graph, const Group& group) {
  for (const int i : group.nodes)
    if (const Node& node = graph.nodes()[static_cast<std::size_t>(i)]; !is_elementwise(node.op)) return node;
  return graph.nodes()[static_cast<std::size_t>(group.nodes.back())];
}

}  // namespace

std::string describe(const Graph& graph, const Group& group) {
  constexpr std::size_t kMostNames = 6;
  std::string names;
  for (std::size_t i = 0; i < std::min(group.nodes.size(), kMostNames); ++i)
    names += (i == 0 ? "" : "+") + name_of(graph, graph.nodes()[static_cast<std::size_t>(group.nodes[i])]);
  if (group.nodes.size() > kMostNames) names += fmt::format("+{} more", group.nodes.size() - kMostNames);
  return names + " " + size_text(graph, main_node(graph, group));
}

}  // namespace tilewright::graph
