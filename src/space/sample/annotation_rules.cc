#include "space/sample/annotation_rules.h"

#include <numeric>

#include "loop/lower.h"

namespace tilewright::space {

std::vector<const AnnotationRule*> annotation_rules(const SpaceOptions& options) {
  std::vector<const AnnotationRule*> rules{options.register_tile ? &kFillRegisterTile : &kFillTileSize,
                                           &kChangeComputeLocation};
  // Vectors are cut off first in the full space: what is left of the loops then runs in parallel.
  if (options.register_tile) rules.push_back(&kAnnotateTiles);
  if (options.wide_vectors) rules.push_back(&kVectorizeWide);
  rules.push_back(options.balance ? &kBalancedParallel : &kParallel);
  rules.push_back(&kUnroll);
  if (!options.wide_vectors) rules.push_back(&kVectorize);
  if (options.memory_hints) rules.push_back(&kMemoryHints);
  return rules;
}

bool infer_extents(schedule::State& state) {
  const Result<std::vector<std::vector<std::int64_t>>> extents = loop::infer_extents(state);
  if (extents) state.set_extents(*extents);
  return static_cast<bool>(extents);
}

std::vector<int> range(int first, int last) {
  std::vector<int> positions(static_cast<std::size_t>(last - first + 1));
  std::iota(positions.begin(), positions.end(), first);
  return positions;
}

}  // namespace tilewright::space
