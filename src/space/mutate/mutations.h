#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "space/sample/annotation_rules.h"

namespace tilewright::space {

/// A small random change of a complete state (docs/ansor.md §5.3). Nothing if the draw led nowhere or changed nothing.
/// The result replays from its steps; its extents are not inferred yet.
struct Mutation {
  std::string_view name;
  double odds;  ///< Ansor's, as it were; 0: only for policies that choose by themselves
  std::optional<schedule::State> (*apply)(const SampleContext& context, const schedule::State& parent, Rng& rng);
  bool moves_factors = false;  ///< from one tile level of an axis to another, and nothing else
};

extern const Mutation kMutateTileSize, kMutateAutoUnroll, kMutateComputeLocation, kMutateParallel;
/// Of the full space.
extern const Mutation kMutateRegisterTile, kMutateMemoryHints;

/// Finer moves, in every space: the smallest prime of one tile level goes to another, by the axis' role; the vector
/// becomes whole registers ("whole vectors").
extern const std::span<const Mutation> kFactorMoves;
extern const Mutation kUnrollMore, kUnrollLess;
/// The same tiles in another sketch: one that packs operands where the parent does not, or the reverse; one that
/// differs otherwise, by where the tile is computed. The child's sketch is another one.
extern const Mutation kSwitchPacking, kSwitchFusion;
/// One axis tiled as in the mate.
extern const Mutation kCrossover;

/// The rules of a space; Ansor's first, then those of the full space, then the finer moves.
std::vector<const Mutation*> mutation_rules(const SpaceOptions& options);

}  // namespace tilewright::space
