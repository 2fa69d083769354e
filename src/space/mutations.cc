#include "space/mutations.h"

namespace tilewright::space {

std::vector<const Mutation*> mutation_rules(const SpaceOptions& options) {
  std::vector<const Mutation*> rules{&kMutateTileSize, &kMutateAutoUnroll, &kMutateComputeLocation, &kMutateParallel};
  if (options.register_tile) rules.push_back(&kMutateRegisterTile);
  return rules;
}

}  // namespace tilewright::space
