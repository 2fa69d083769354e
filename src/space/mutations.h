#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "space/annotate.h"

namespace tilewright::space {

/// A small random change of a complete state (SPEC_ANSOR §5.3). Nothing if the draw led nowhere or changed nothing. The
/// result replays from its steps; its extents are not inferred yet.
struct Mutation {
  std::string_view name;
  double odds;  ///< Ansor's
  std::optional<schedule::State> (*apply)(const SampleContext& context, const schedule::State& parent, Rng& rng);
  bool changes_tiles = false;  ///< reads context.tiled; for the others it may be empty
};

extern const Mutation kMutateTileSize, kMutateAutoUnroll, kMutateComputeLocation, kMutateParallel;
/// Of the full space.
extern const Mutation kMutateRegisterTile;

/// The rules of a space; Ansor's first.
std::vector<const Mutation*> mutation_rules(const SpaceOptions& options);

}  // namespace tilewright::space
