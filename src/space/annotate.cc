#include "space/annotate.h"

#include <array>
#include <numeric>

#include "loop/lower.h"

namespace tilewright::space {

std::span<const AnnotationRule* const> annotation_rules() {
  static constexpr std::array kRules{&kFillTileSize, &kChangeComputeLocation, &kParallel, &kUnroll, &kVectorize};
  return kRules;
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
