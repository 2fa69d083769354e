#include "space/full/tiled_stage.h"
#include "space/mutate/mutations.h"

namespace tilewright::space {

/// Draws another register tile for one tiled stage; the levels around it keep their lengths where they fit.
const Mutation kMutateRegisterTile{
    "register-tile", 0.15,
    [](const SampleContext& context, const schedule::State& parent, Rng& rng) -> std::optional<schedule::State> {
      if (context.tiled.empty()) return std::nullopt;
      std::vector<schedule::Step> steps = parent.steps();
      context.tiled[static_cast<std::size_t>(rng.below(std::ssize(context.tiled)))].change_tile(steps, rng);
      Result<schedule::State> child = schedule::State::replay(parent.base_dag(), steps);
      if (!child) return std::nullopt;
      return std::move(*child);
    }};

}  // namespace tilewright::space
