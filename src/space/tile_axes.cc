#include "space/tile_axes.h"

#include <algorithm>
#include <map>

#include "space/queries.h"
#include "space/tile_lengths.h"

namespace tilewright::space {
namespace {

using schedule::FuseRelation;
using schedule::SplitRelation;
using schedule::SplitStep;
using schedule::Stage;

/// Loops that the stage's vector is made of: the annotated one, and what was fused into it.
std::vector<int> vector_loops(const Stage& stage) {
  std::vector<int> ids;
  for (const schedule::Iterator& loop : stage.iters)
    if (loop.annotation == schedule::Annotation::vectorize) ids.push_back(loop.id);
  for (std::size_t i = 0; i < ids.size(); ++i)
    for (const schedule::Relation& relation : stage.relations)
      if (const auto* fuse = std::get_if<FuseRelation>(&relation); fuse && fuse->fused == ids[i])
        ids.insert(ids.end(), fuse->parts.begin(), fuse->parts.end());
  return ids;
}

AxisRole role_of(const Stage& stage, const SplitRelation& split, const std::vector<int>& vector) {
  if (split.parent >= static_cast<int>(stage.tensor->axes.size())) return AxisRole::reduction;
  const bool holds_vector = std::any_of(split.parts.begin(), split.parts.end(), [&](int part) {
    return std::find(vector.begin(), vector.end(), part) != vector.end();
  });
  return holds_vector ? AxisRole::vector : AxisRole::row;
}

bool makes_split(const schedule::Step& step) {
  return std::holds_alternative<SplitStep>(step) || std::holds_alternative<schedule::FollowSplitStep>(step) ||
         std::holds_alternative<schedule::FollowFusedSplitStep>(step);
}

}  // namespace

std::vector<TileAxis> tile_axes(const schedule::State& state) {
  struct Seen {
    std::vector<const SplitRelation*> splits;
    std::vector<int> vector;
    std::size_t next = 0;
  };
  std::map<int, Seen> stages;
  std::vector<TileAxis> axes;
  for (int i = 0; i < state.num_steps(); ++i) {
    if (!makes_split(state.step(i))) continue;
    const int before = std::visit([](const auto& step) { return step.stage; }, state.step(i));
    const int id = stage_after(state, i, before);
    const Stage& stage = state.stage(id);
    const auto [at, added] = stages.try_emplace(id);
    Seen& seen = at->second;
    if (added) {
      seen.vector = vector_loops(stage);
      for (const schedule::Relation& relation : stage.relations)
        if (const auto* split = std::get_if<SplitRelation>(&relation)) seen.splits.push_back(split);
    }
    if (seen.next >= seen.splits.size()) continue;
    const SplitRelation& relation = *seen.splits[seen.next++];
    const auto* split = std::get_if<SplitStep>(&state.step(i));
    const auto loops = static_cast<int>(stage.tensor->axes.size() + stage.tensor->reduce_axes.size());
    if (!split || !split->inner_to_outer || split->extent <= 1 || relation.parent >= loops) continue;
    axes.push_back({i, id, relation.parent, role_of(stage, relation, seen.vector), tile_lengths(*split)});
  }
  return axes;
}

}  // namespace tilewright::space
