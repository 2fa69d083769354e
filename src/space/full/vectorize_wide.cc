#include <algorithm>

#include "base/integer.h"
#include "space/packed_layout.h"
#include "space/queries.h"
#include "space/register_tile.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

using schedule::Annotation;
using schedule::IterKind;
using schedule::State;

constexpr std::int64_t kMaxUnrolledRows = 16;       ///< vectors of an elementwise tile in one straight line
constexpr std::int64_t kMaxUnrolledReduction = 16;  ///< steps of a reduction inside one vector

bool is_marked(const schedule::Stage& stage) {
  for (const schedule::Iterator& loop : stage.iters)
    if (loop.annotation != Annotation::none) return true;
  return false;
}

/// The spatial loop to vectorize: the innermost of more than one element; -1 if it is taken or something is computed
/// inside it.
int vector_loop(const State& state, int id) {
  const schedule::Stage& stage = state.stage(id);
  for (int i = static_cast<int>(stage.iters.size()); i-- > 0;) {
    const schedule::Iterator& loop = stage.iters[static_cast<std::size_t>(i)];
    if (state.has_attached(id, i)) return -1;
    if (loop.kind == IterKind::reduction || loop.extent == 1) continue;
    return loop.kind == IterKind::spatial ? i : -1;
  }
  return -1;
}

/// Moves loop `from` to the end.
void move_innermost(State& state, int id, int from) {
  std::vector<int> order;
  for (int i = 0; i < static_cast<int>(state.stage(id).iters.size()); ++i)
    if (i != from) order.push_back(i);
  order.push_back(from);
  apply(state, schedule::ReorderStep{id, std::move(order)});
}

/// Unrolls loops from `last` outwards while no more than `most` bodies stand in a row.
void unroll_around(State& state, int id, int last, std::int64_t most, IterKind kind) {
  for (int i = last; i >= 0; --i) {
    const schedule::Iterator& loop = state.stage(id).iters[static_cast<std::size_t>(i)];
    if (loop.kind != kind || loop.annotation != Annotation::none || state.has_attached(id, i)) return;
    most /= std::max<std::int64_t>(loop.extent, 1);
    if (loop.extent < 1 || most < 1) return;
    apply(state, schedule::AnnotateStep{id, i, Annotation::unroll});
  }
}

void vectorize(State& state, int id, const SampleContext& context, Rng& rng) {
  int at = vector_loop(state, id);
  if (at < 0) return;
  const std::int64_t extent = state.stage(id).iters[static_cast<std::size_t>(at)].extent;
  if (extent == schedule::kUnknown) return;
  const bool reduces = has_reduce_iter(state.stage(id));
  const std::int64_t width = draw_vector_width(extent, context, rng);
  if (width == 1) return;
  if (width < extent) apply(state, schedule::SplitStep{id, at++, extent, {width}, true});
  if (at + 1 < static_cast<int>(state.stage(id).iters.size())) move_innermost(state, id, at);
  const int last = static_cast<int>(state.stage(id).iters.size()) - 1;
  apply(state, schedule::AnnotateStep{id, last, Annotation::vectorize});
  if (reduces) {
    unroll_around(state, id, last - 1, kMaxUnrolledReduction, IterKind::reduction);
  } else if (is_tiled(state.stage(id)) && state.stage(id).compute_at == schedule::ComputeAt::iter) {
    unroll_around(state, id, last - 1, kMaxUnrolledRows, IterKind::spatial);
  } else if (state.stage(id).compute_at == schedule::ComputeAt::root) {
    share_longer_axis(state, id);
  }
}

/// Some loop that moves when the vector loop goes innermost has a stage attached: it would lose its place.
bool can_reorder(const State& state, int id) {
  for (int i = 0; i < static_cast<int>(state.stage(id).iters.size()); ++i)
    if (state.has_attached(id, i) && has_reduce_iter(state.stage(id))) return false;
  return true;
}

}  // namespace

std::int64_t draw_vector_width(std::int64_t extent, const SampleContext& context, Rng& rng) {
  std::vector<VectorWidth> widths = vector_widths(extent, context.hardware.vector_lanes, kMaxVectors);
  double sum = 0;
  std::vector<double> odds;
  for (const VectorWidth& width : widths) {
    const bool allowed = extent % width.width == 0 || context.options.tails;
    const double share = width.efficiency * width.efficiency;
    odds.push_back(sum += allowed ? share * share : 0);
  }
  const double draw = rng.uniform() * sum;
  std::size_t at = 0;
  while (at + 1 < odds.size() && odds[at] <= draw) ++at;
  return widths[at].width;
}

/// Vectorizes every stage that has no register tile along its unit-stride loop, whole or cut to a width drawn, over up
/// to four registers; reductions go outside of the vector.
const AnnotationRule kVectorizeWide{"vectorize-wide", [](const SampleContext& context, State& state, Rng& rng) {
                                      for (int id = 0; id < state.num_stages(); ++id) {
                                        const schedule::Stage& stage = state.stage(id);
                                        if (stage.is_placeholder() || stage.is_packed_constant() || is_marked(stage) ||
                                            stage.compute_at == schedule::ComputeAt::inlined || !can_reorder(state, id))
                                          continue;
                                        vectorize(state, id, context, rng);
                                      }
                                      return true;
                                    }};

}  // namespace tilewright::space
