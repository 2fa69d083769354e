#include "space/queries.h"

#include <algorithm>
#include <set>

namespace tilewright::space {
namespace {

using schedule::ComputeAt;
using schedule::State;

void collect_consumers(const State& state, int stage, std::set<int>& found) {
  for (int reader : state.dag()->readers(stage)) {
    if (state.stage(reader).compute_at == ComputeAt::inlined) {
      collect_consumers(state, reader, found);
    } else {
      found.insert(reader);
    }
  }
}

/// The number of stages that the step inserts at or below `stage`.
int insertions_up_to(const schedule::Step& step, int stage) {
  if (const auto* write = std::get_if<schedule::CacheWriteStep>(&step)) return write->stage <= stage ? 1 : 0;
  if (const auto* rfactor = std::get_if<schedule::RfactorStep>(&step)) return rfactor->stage <= stage ? 1 : 0;
  if (const auto* read = std::get_if<schedule::CacheReadStep>(&step)) return read->stage < stage ? 1 : 0;
  return 0;
}

}  // namespace

std::vector<int> consumers(const State& state, int stage) {
  std::set<int> found;
  collect_consumers(state, stage, found);
  return {found.begin(), found.end()};
}

int single_consumer(const State& state, int stage) {
  const std::vector<int> all = consumers(state, stage);
  if (all.size() == 1) return all.front();
  int common = -1;
  for (int consumer : all) {
    const schedule::Stage& s = state.stage(consumer);
    const int root = s.compute_at == ComputeAt::iter ? s.attach_stage : consumer;
    if (common >= 0 && common != root) return -1;
    common = root;
  }
  return common;
}

int elementwise_matched_consumer(const State& state, const te::AccessAnalysis& access, int stage) {
  const std::vector<int> all = consumers(state, stage);
  if (all.size() != 1) return -1;
  const int target = all.front();
  if (has_reduce_iter(state.stage(stage)) && has_reduce_iter(state.stage(target))) return -1;
  if (is_tiled(state.stage(target))) return -1;
  return access.elementwise_match(stage, target) ? target : -1;
}

bool has_reduce_iter(const schedule::Stage& stage) {
  return std::any_of(stage.iters.begin(), stage.iters.end(),
                     [](const schedule::Iterator& loop) { return loop.kind != schedule::IterKind::spatial; });
}

bool is_tiled(const schedule::Stage& stage) {
  return stage.iters.size() != stage.tensor->axes.size() + stage.tensor->reduce_axes.size();
}

bool is_cache_of_write(const State& state, int stage) {
  for (int i = state.num_steps(); i-- > 0;) {
    const schedule::Step& step = state.step(i);
    if (const auto* write = std::get_if<schedule::CacheWriteStep>(&step); write && write->stage == stage) return true;
    if (const auto* read = std::get_if<schedule::CacheReadStep>(&step); read && read->stage + 1 == stage) return false;
    stage -= insertions_up_to(step, stage - 1);
  }
  return false;
}

int stage_after(const State& state, int step, int stage) {
  for (int i = step; i < state.num_steps(); ++i) stage += insertions_up_to(state.step(i), stage);
  return stage;
}

int packing_loop(const schedule::Stage& stage) {
  const auto reduces = [](const schedule::Iterator& loop) { return loop.kind == schedule::IterKind::reduction; };
  int at = static_cast<int>(stage.iters.size()) - 1;
  while (at >= 0 && !reduces(stage.iters[static_cast<std::size_t>(at)])) --at;
  while (at >= 0 && reduces(stage.iters[static_cast<std::size_t>(at)])) --at;
  return at;
}

void pack_constant(schedule::State& state, int stage, int reader) {
  apply(state, schedule::CacheReadStep{stage, schedule::kPackedScope, {reader}});
  apply(state, schedule::ComputeAtStep{stage + 1, reader + 1, packing_loop(state.stage(reader + 1))});
}

void apply(State& state, const schedule::Step& step) {
  const Status ok = state.apply(step);
  TW_CHECK(static_cast<bool>(ok), "{}", ok.message());
}

}  // namespace tilewright::space
