#include "space/mutations.h"

#include <array>

namespace tilewright::space {

std::span<const Mutation* const> mutation_rules() {
  static constexpr std::array kRules{&kMutateTileSize, &kMutateAutoUnroll, &kMutateComputeLocation, &kMutateParallel};
  return kRules;
}

}  // namespace tilewright::space
