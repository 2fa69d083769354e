#include "space/tiling.h"

#include <algorithm>

#include "space/queries.h"

namespace tilewright::space {

using schedule::State;

std::vector<int> multi_level_tile(State& state, int stage, std::string_view structure) {
  const auto count = [&](char kind) { return static_cast<int>(std::count(structure.begin(), structure.end(), kind)); };
  std::vector<std::vector<int>> spatial(static_cast<std::size_t>(count('S'))),
      reduce(static_cast<std::size_t>(count('R')));
  std::vector<int> spatial_splits;
  int position = 0;
  const std::vector<schedule::Iterator> loops = state.stage(stage).iters;
  for (const schedule::Iterator& loop : loops) {
    const bool is_spatial = loop.kind == schedule::IterKind::spatial;
    auto& levels = is_spatial ? spatial : reduce;
    if (levels.size() > 1) {
      if (is_spatial) spatial_splits.push_back(state.num_steps());
      apply(state, schedule::SplitStep{stage, position, loop.extent,
                                       std::vector<std::int64_t>(levels.size() - 1, schedule::kUnknown), true});
    }
    for (std::vector<int>& level : levels) level.push_back(position++);
  }

  std::vector<int> order;
  std::size_t next_spatial = 0, next_reduce = 0;
  for (char kind : structure) {
    const std::vector<int>& level = kind == 'S' ? spatial[next_spatial++] : reduce[next_reduce++];
    order.insert(order.end(), level.begin(), level.end());
  }
  apply(state, schedule::ReorderStep{stage, std::move(order)});
  return spatial_splits;
}

void follow_tiling(State& state, int stage, const std::vector<int>& split_steps, int levels) {
  std::vector<int> order;
  const int parts = levels + 1;
  for (std::size_t axis = 0; axis < split_steps.size(); ++axis)
    apply(state, schedule::FollowSplitStep{stage, static_cast<int>(axis) * parts, split_steps[axis], levels});
  for (int level = 0; level < parts; ++level)
    for (std::size_t axis = 0; axis < split_steps.size(); ++axis)
      order.push_back(static_cast<int>(axis) * parts + level);
  apply(state, schedule::ReorderStep{stage, std::move(order)});
}

}  // namespace tilewright::space
