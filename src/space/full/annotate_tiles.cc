#include "base/integer.h"
#include "space/full/tiled_stage.h"
#include "space/queries.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::State;

/// The stage of the state that computes what the sketch's stage computes; -1: none.
int stage_named(const State& state, const std::string& name) {
  for (int id = 0; id < state.num_stages(); ++id)
    if (state.stage(id).tensor->name == name) return id;
  return -1;
}

/// Unrolls the register tile and vectorizes its innermost row, and unrolls the reduction around it while that is short.
void annotate_tile(State& state, int id, int vector_axis, int lanes) {
  const schedule::Stage& stage = state.stage(id);
  const auto n = static_cast<int>(stage.tensor->axes.size()), m = static_cast<int>(stage.tensor->reduce_axes.size());
  const int first = static_cast<int>(stage.iters.size()) - n;
  if (static_cast<int>(stage.iters.size()) != 4 * n + 2 * m) return;  // inlined after all, or changed otherwise
  std::vector<std::int64_t> extents;
  for (const schedule::Iterator& loop : stage.iters) extents.push_back(loop.extent);
  std::int64_t body = 1;
  for (int a = 0; a < n; ++a) {
    const std::int64_t extent = extents[static_cast<std::size_t>(first + a)];
    body *= a == vector_axis ? ceil_div(extent, lanes) : extent;
    if (state.has_attached(id, first + a)) return;
    apply(state, schedule::AnnotateStep{id, first + a, a == vector_axis ? Annotation::vectorize : Annotation::unroll});
  }
  for (int loop = first; loop-- > first - m;) {
    body *= extents[static_cast<std::size_t>(loop)];
    if (body > kMaxTileBody || state.has_attached(id, loop)) return;
    apply(state, schedule::AnnotateStep{id, loop, Annotation::unroll});
  }
}

}  // namespace

/// Marks the register tiles of fully tiled stages.
const AnnotationRule kAnnotateTiles{"annotate-tiles", [](const SampleContext& context, State& state, Rng&) {
                                      for (const TiledStage& tiled : context.tiled)
                                        if (const int id = stage_named(state, tiled.tensor()->name); id >= 0)
                                          annotate_tile(state, id, tiled.vector_axis(), context.hardware.vector_lanes);
                                      return true;
                                    }};

}  // namespace tilewright::space
