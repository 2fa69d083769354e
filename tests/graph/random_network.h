#pragma once

#include "base/rng.h"
#include "graph/graph.h"

namespace tilewright::graph {

/// A random network of about `nodes` nodes over one input of four dimensions: convolutions, pools, batch norms,
/// elementwise chains, branches that join again, shuffles, transposes, slices and pads, with a few outputs.
Graph random_network(Rng& rng, int nodes);

}  // namespace tilewright::graph
