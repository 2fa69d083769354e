#include <algorithm>

#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

bool has_unknown(const schedule::SplitStep& split) {
  return std::find(split.lengths.begin(), split.lengths.end(), schedule::kUnknown) != split.lengths.end();
}

}  // namespace

/// Draws the lengths of every open split uniformly from all factorizations (docs/ansor.md §4.1).
const AnnotationRule kFillTileSize{
    "fill-tile-size", [](const SampleContext& context, schedule::State& state, Rng& rng) {
      std::vector<schedule::Step> steps = state.steps();
      for (schedule::Step& step : steps) {
        auto* split = std::get_if<schedule::SplitStep>(&step);
        if (!split || !has_unknown(*split)) continue;
        const FactorTable::Tuples* tuples = context.factors.find(split->extent, split->lengths.size());
        TW_CHECK(tuples != nullptr, "no factorizations of {} in {}", split->extent, split->lengths.size() + 1);
        split->lengths = (*tuples)[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(tuples->size())))];
      }
      Result<schedule::State> filled = schedule::State::replay(state.base_dag(), steps);
      if (filled) state = std::move(*filled);
      return static_cast<bool>(filled);
    }};

}  // namespace tilewright::space
