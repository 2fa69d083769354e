#include "graph/passes.h"

namespace tilewright::graph {
namespace {

template <Graph (*kRewrite)(const Graph&)>
void in_place(Graph& graph) {
  graph = kRewrite(graph);
}

}  // namespace

Passes& pass_manager() {
  static Passes manager("graph",
                        {
                            // First, and again below: patterns of the others are then next to each other.
                            {"remove-identities", in_place<remove_identities>},
                            // Before fold-scales, which folds the products and sums that this leaves. Needed: a
                            // batch_norm has no kernel.
                            {"lower-batch-norm", in_place<lower_batch_norm>, true},
                            // While weights are still laid out as the file has them: it scales their output channels.
                            {"fold-scales", in_place<fold_scales>},
                            // Before to-nhwc, whose transposes would come between a padding and its convolution.
                            {"merge-pads", in_place<merge_pads>},
                            // Before sink-transposes, which cancels most of what this inserts. Needed: there are
                            // kernels for nhwc alone.
                            {"to-nhwc", in_place<to_nhwc>, true},
                            // After to-nhwc, whose transposes it moves until they meet and cancel.
                            {"sink-transposes", in_place<sink_transposes>},
                            // When transposes have met and cancelled: what is left of them may be a view.
                            {"transposes-to-views", in_place<transposes_to_views>},
                            // The reshapes of transposes-to-views meet others.
                            {"remove-identities", in_place<remove_identities>},
                            // After all that make or move a concat. Needed: a kernel can't join more.
                            {"split-concats", in_place<split_concats>, true},
                            // Last: constants have the layout that kernels read.
                            {"narrow-constants", in_place<narrow_constants>},
                        },
                        verify, to_text);
  return manager;
}

Graph optimize(const Graph& graph) {
  Graph optimized = graph;
  pass_manager().run(optimized);
  return optimized;
}

}  // namespace tilewright::graph
