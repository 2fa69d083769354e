#include <cmath>

#include "graph/array.h"
#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {

Graph lower_batch_norm(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    const auto* norm = std::get_if<BatchNorm>(&node.op);
    if (!norm) return std::nullopt;
    const Graph& before = rewriter.before();
    const TensorType& data = before.type(node.inputs[0]);
    const runtime::Tensor *gamma = nullptr, *beta = nullptr, *mean = nullptr, *variance = nullptr;
    const runtime::Tensor** parameters[] = {&gamma, &beta, &mean, &variance};
    for (std::size_t i = 0; i < 4; ++i) {
      const TensorInfo& parameter = before.tensor(node.inputs[i + 1]);
      if (!parameter.is_constant()) return std::nullopt;
      *parameters[i] = &*parameter.constant;
    }

    Shape per_channel(data.shape.size() - 1, 1);  // broadcasts along dimension 1
    per_channel[0] = data.shape[1];
    runtime::Tensor scale(data.type, per_channel), shift(data.type, per_channel);
    for (std::int64_t c = 0; c < data.shape[1]; ++c) {
      const double factor = real_element(*gamma, c) / std::sqrt(real_element(*variance, c) + norm->epsilon);
      set_element(scale, c, factor);
      set_element(shift, c, real_element(*beta, c) - real_element(*mean, c) * factor);
    }
    Graph& after = rewriter.after();
    const TensorId scaled =
        after.add(Binary{te::BinaryOp::mul},
                  {rewriter.moved(node.inputs[0]), after.add_constant(node.name + ".scale", scale)}, node.name);
    return after.add(Binary{te::BinaryOp::add}, {scaled, after.add_constant(node.name + ".shift", shift)}, node.name);
  });
}

}  // namespace tilewright::graph
