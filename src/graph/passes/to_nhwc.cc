#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {
namespace {

const Transpose kToNhwc{{0, 2, 3, 1}}, kToNchw{{0, 3, 1, 2}}, kOihwToHwio{{2, 3, 1, 0}};

TensorId conv_in_nhwc(Rewriter& rewriter, const Node& node, Conv conv) {
  Graph& after = rewriter.after();
  const TensorId data = rewriter.moved(node.inputs[0]), weights = rewriter.moved(node.inputs[1]);
  TensorId laid_out = after.add(kOihwToHwio, {weights}, node.name + ".weights");
  const std::int64_t channels = after.shape(data)[1];
  if (conv.groups == channels && conv.groups > 1) {  // [kh, kw, 1, c * m] is [kh, kw, c, m]
    const Shape hwio = after.shape(laid_out);
    laid_out = after.add(Reshape{{hwio[0], hwio[1], channels, hwio[3] / channels}}, {laid_out}, node.name + ".weights");
  }
  conv.layout = Layout::nhwc;
  const TensorId out = after.add(conv, {after.add(kToNhwc, {data}, node.name), laid_out}, node.name);
  return after.add(kToNchw, {out}, node.name);
}

TensorId pool_in_nhwc(Rewriter& rewriter, const Node& node, Pool pool) {
  Graph& after = rewriter.after();
  pool.layout = Layout::nhwc;
  const TensorId data = after.add(kToNhwc, {rewriter.moved(node.inputs[0])}, node.name);
  return after.add(kToNchw, {after.add(pool, {data}, node.name)}, node.name);
}

std::optional<TensorId> with_straight_weights(Rewriter& rewriter, const Node& node, MatMul op) {
  Graph& after = rewriter.after();
  if (!op.transpose_b || !rewriter.before().tensor(node.inputs[1]).is_constant()) return std::nullopt;
  const TensorId weights = rewriter.moved(node.inputs[1]);
  std::vector<int> order;
  for (std::size_t d = 0; d < after.shape(weights).size(); ++d) order.push_back(static_cast<int>(d));
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  op.transpose_b = false;
  return after.add(op, {rewriter.moved(node.inputs[0]), after.add(Transpose{order}, {weights}, node.name + ".weights")},
                   node.name);
}

}  // namespace

Graph to_nhwc(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    if (const auto* conv = std::get_if<Conv>(&node.op); conv && conv->layout == Layout::nchw)
      return conv_in_nhwc(rewriter, node, *conv);
    if (const auto* pool = std::get_if<Pool>(&node.op); pool && pool->layout == Layout::nchw)
      return pool_in_nhwc(rewriter, node, *pool);
    if (const auto* product = std::get_if<MatMul>(&node.op)) return with_straight_weights(rewriter, node, *product);
    return std::nullopt;
  });
}

}  // namespace tilewright::graph
