#include "space/full/tiled_stage.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {

/// Draws the lengths of fully tiled stages by their register tiles, and those of all other splits as Ansor does.
const AnnotationRule kFillRegisterTile{
    "fill-register-tile", [](const SampleContext& context, schedule::State& state, Rng& rng) {
      if (context.tiled.empty()) return kFillTileSize.apply(context, state, rng);
      std::vector<schedule::Step> steps = state.steps();
      for (const TiledStage& stage : context.tiled) stage.fill(steps, rng);
      Result<schedule::State> filled = schedule::State::replay(state.base_dag(), steps);
      if (!filled) return false;
      state = std::move(*filled);
      return state.is_concrete() || kFillTileSize.apply(context, state, rng);
    }};

}  // namespace tilewright::space
