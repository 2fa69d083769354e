#include "space/queries.h"
#include "space/sample/annotation_rules.h"
#include "space/winograd_stages.h"

namespace tilewright::space {
namespace {

using schedule::ComputeAt;
using schedule::IterKind;
using schedule::State;

/// Locations at the loops of `target`, which is at root or attached.
void add_locations_in(const State& state, int target, std::vector<Location>& found) {
  const schedule::Stage& stage = state.stage(target);
  const bool tiled = is_tiled(stage);
  bool reduces = false;
  for (int i = 0; i < static_cast<int>(stage.iters.size()); ++i) {
    const schedule::Iterator& loop = stage.iters[static_cast<std::size_t>(i)];
    if (loop.kind == IterKind::reduction) {
      reduces = true;
      if (!tiled) return;
    } else if (loop.kind == IterKind::spatial && reduces) {
      return;
    }
    if (loop.annotation == schedule::Annotation::unroll) return;
    if (loop.extent == 1) continue;
    // The outer tiles of a stage in another's tile have one iteration.
    if (stage.compute_at == ComputeAt::iter && loop.kind == IterKind::spatial && loop.name.ends_with(".0")) continue;
    found.push_back({target, i});
    if (state.has_attached(target, i)) return;
  }
}

/// Locations at the loops around an attached stage.
void add_locations_around(const State& state, const schedule::Stage& attached, std::vector<Location>& found) {
  const schedule::Stage& around = state.stage(attached.attach_stage);
  for (int i = 0; i < static_cast<int>(around.iters.size()); ++i) {
    const schedule::Iterator& loop = around.iters[static_cast<std::size_t>(i)];
    if (loop.kind == IterKind::reduction || loop.annotation == schedule::Annotation::unroll ||
        state.has_attached(attached.attach_stage, i))
      return;
    if (loop.extent != 1) found.push_back({attached.attach_stage, i});
  }
}

/// Draws where one stage is computed: where it is (or inlined), at root, or at one of the locations.
bool change_location(State& state, int id, Rng& rng) {
  const std::vector<Location> locations = compute_locations(state, id);
  const std::int64_t choice = rng.below(static_cast<std::int64_t>(locations.size()) + 2);
  const ComputeAt now = state.stage(id).compute_at;
  if (choice == 0) {
    if (now != ComputeAt::iter || has_reduce_iter(state.stage(id))) return true;
    return static_cast<bool>(state.apply(schedule::ComputeInlineStep{id}));
  }
  if (choice == 1) return now == ComputeAt::root || state.apply(schedule::ComputeRootStep{id});
  const Location& at = locations[static_cast<std::size_t>(choice - 2)];
  return static_cast<bool>(state.apply(schedule::ComputeAtStep{id, at.stage, at.iter}));
}

}  // namespace

std::vector<Location> compute_locations(const State& state, int stage) {
  std::vector<Location> found;
  const int target = single_consumer(state, stage);
  if (target < 0) return found;
  add_locations_in(state, target, found);
  const schedule::Stage& consumer = state.stage(target);
  if (consumer.compute_at == ComputeAt::iter) add_locations_around(state, consumer, found);
  return found;
}

/// Moves untiled stages to a random place, from the last stage to the first (docs/ansor.md §4.2). A stage that stays at
/// root gets no step. After: the extents of all loops are known.
const AnnotationRule kChangeComputeLocation{
    "change-compute-location", [](const SampleContext& context, State& state, Rng& rng) {
      for (int id = state.num_stages(); id-- > 0;) {
        const schedule::Stage& stage = state.stage(id);
        if (stage.is_placeholder() || stage.is_packed_constant()) continue;
        if (stage.compute_at == ComputeAt::inlined || is_tiled(stage)) continue;
        if (context.access.needs_multi_level_tiling(id) || !transform_tile(*stage.tensor).empty()) continue;
        if (!change_location(state, id, rng)) return false;
      }
      return infer_extents(state);
    }};

}  // namespace tilewright::space
