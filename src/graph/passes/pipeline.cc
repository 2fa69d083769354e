#include "graph/passes.h"

namespace tilewright::graph {
namespace {

constexpr Pass kPipeline[] = {
    {"remove-identities", remove_identities},
    {"lower-batch-norm", lower_batch_norm},
    {"fold-scales", fold_scales},
    {"merge-pads", merge_pads},
    {"to-nhwc", to_nhwc},
    {"sink-transposes", sink_transposes},
    {"transposes-to-views", transposes_to_views},
    {"remove-identities", remove_identities},
    {"split-concats", split_concats},
    {"narrow-constants", narrow_constants},
};

}  // namespace

std::span<const Pass> passes() { return kPipeline; }

Graph optimize(const Graph& graph, const std::function<void(std::string_view, const Graph&)>& dump) {
  Graph current = graph;
  for (const Pass& pass : kPipeline) {
    current = pass.run(current);
    if (dump) dump(pass.name, current);
  }
  return current;
}

}  // namespace tilewright::graph
