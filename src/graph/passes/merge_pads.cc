#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {

Graph merge_pads(const Graph& graph) {
  return Rewriter::run(graph, [](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    const auto* conv = std::get_if<Conv>(&node.op);
    if (!conv) return std::nullopt;
    const Pad* pad = produced_by<Pad>(rewriter.before(), node.inputs[0]);
    if (!pad || to_double(pad->value) != 0 || conv->layout != Layout::nchw) return std::nullopt;
    for (std::size_t d = 0; d < 2; ++d)
      if (pad->begin[d] != 0 || pad->end[d] != 0) return std::nullopt;  // the batch or the channels
    Conv merged = *conv;
    for (std::size_t d = 0; d < 2; ++d) {
      merged.window.pad_begin[d] += pad->begin[2 + d];
      merged.window.pad_end[d] += pad->end[2 + d];
    }
    const Node* source = rewriter.before().producer(node.inputs[0]);
    return rewriter.after().add(merged, {rewriter.moved(source->inputs[0]), rewriter.moved(node.inputs[1])}, node.name);
  });
}

}  // namespace tilewright::graph
