#pragma once

#include <span>
#include <string_view>

#include "base/rng.h"
#include "schedule/state.h"
#include "space/factor_table.h"
#include "space/search_space.h"
#include "te/access.h"

namespace tilewright::space {

class TiledStage;

/// What annotation rules look at besides the state; read-only.
struct SampleContext {
  const Hardware& hardware;
  const te::AccessAnalysis& access;  ///< of the sketch's DAG
  const FactorTable& factors;
  const SpaceOptions& options;
  std::span<const TiledStage> tiled;  ///< of the sketch; none in the ansor space
  // What only mutations look at:
  const SearchSpace* space = nullptr;
  int sketch = -1;                        ///< of the parent
  const schedule::State* mate = nullptr;  ///< another parent
};

/// One step from a sketch to a complete state (docs/ansor.md §4): draws what is open and applies it to `state`. False:
/// the draw led to an invalid state, which is then given up.
struct AnnotationRule {
  std::string_view name;
  bool (*apply)(const SampleContext& context, schedule::State& state, Rng& rng);
};

extern const AnnotationRule kFillTileSize, kChangeComputeLocation, kParallel, kUnroll, kVectorize;
/// Those of the full space.
extern const AnnotationRule kFillRegisterTile, kAnnotateTiles, kVectorizeWide, kBalancedParallel, kMemoryHints;

/// The rules of a space in their order.
std::vector<const AnnotationRule*> annotation_rules(const SpaceOptions& options);

/// A width for a stage's vector along a loop, in elements, the more likely the fewer lanes it leaves idle.
std::int64_t draw_vector_width(std::int64_t extent, const SampleContext& context, Rng& rng);

/// A loop that a stage may be computed in.
struct Location {
  int stage, iter;
};
/// Where the untiled `stage` may be computed, from the outside (docs/ansor.md §4.2).
std::vector<Location> compute_locations(const schedule::State& state, int stage);

/// Infers and sets the extents of all loops; false if the state has no bounds.
bool infer_extents(schedule::State& state);

/// Positions first … last.
std::vector<int> range(int first, int last);

}  // namespace tilewright::space
