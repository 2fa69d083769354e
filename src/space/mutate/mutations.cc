#include "space/mutate/mutations.h"

namespace tilewright::space {

std::vector<const Mutation*> mutation_rules(const SpaceOptions& options) {
  std::vector<const Mutation*> rules{&kMutateTileSize, &kMutateAutoUnroll, &kMutateComputeLocation, &kMutateParallel};
  if (options.register_tile) rules.push_back(&kMutateRegisterTile);
  if (options.memory_hints) rules.push_back(&kMutateMemoryHints);
  for (const Mutation& move : kFactorMoves) rules.push_back(&move);
  rules.insert(rules.end(), {&kUnrollMore, &kUnrollLess, &kSwitchFusion});
  if (options.packing) rules.push_back(&kSwitchPacking);
  rules.push_back(&kCrossover);
  return rules;
}

}  // namespace tilewright::space
