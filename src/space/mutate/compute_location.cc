#include "space/mutate/mutations.h"
#include "space/queries.h"
#include "space/winograd_stages.h"

namespace tilewright::space {
namespace {

using schedule::ComputeAtStep;
using schedule::State;

std::vector<int> movable_attachments(const SampleContext& context, const State& state) {
  std::vector<int> found;
  for (int i = 0; i < state.num_steps(); ++i) {
    const auto* attach = std::get_if<ComputeAtStep>(&state.step(i));
    if (!attach) continue;
    const int stage = stage_after(state, i, attach->stage);
    if (state.stage(stage).is_packed_constant() || !transform_tile(*state.stage(stage).tensor).empty()) continue;
    if (!is_tiled(state.stage(stage)) && !context.access.needs_multi_level_tiling(stage)) found.push_back(i);
  }
  return found;
}

}  // namespace

/// Attaches an untiled stage to another loop. The loops to choose from are those at the moment of the attachment, not,
/// as in Ansor, those of the finished state, whose positions mean other loops by then.
const Mutation kMutateComputeLocation{
    "compute-location", 0.05, [](const SampleContext& context, const State& parent, Rng& rng) -> std::optional<State> {
      const std::vector<int> attachments = movable_attachments(context, parent);
      if (attachments.empty()) return std::nullopt;
      const int chosen = attachments[static_cast<std::size_t>(rng.below(std::ssize(attachments)))];
      ComputeAtStep attach = std::get<ComputeAtStep>(parent.step(chosen));

      std::vector<schedule::Step> steps = parent.steps();
      steps.resize(static_cast<std::size_t>(chosen));
      Result<State> before = State::replay(parent.base_dag(), steps);
      if (!before || !infer_extents(*before)) return std::nullopt;
      const std::vector<Location> locations = compute_locations(*before, attach.stage);
      if (locations.empty()) return std::nullopt;
      const Location& at = locations[static_cast<std::size_t>(rng.below(std::ssize(locations)))];
      if (at.stage == attach.target_stage && at.iter == attach.target_iter) return std::nullopt;
      attach.target_stage = at.stage;
      attach.target_iter = at.iter;
      Result<State> child = parent.with_step(chosen, attach);
      if (!child) return std::nullopt;
      return std::move(*child);
    }};

}  // namespace tilewright::space
