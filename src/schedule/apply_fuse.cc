// FU and RE: several loops become one, or change places.
#include "schedule/step_applier.h"

namespace tilewright::schedule {
namespace {

/// Name, extent and kind of the fusion of loops [first, last] of `stage` (docs/ansor.md §2.2).
Result<Iterator> fused_loop(const Stage& stage, int first, int last) {
  Iterator fused;
  fused.extent = 1;
  fused.kind = stage.iters[static_cast<std::size_t>(first)].kind;
  for (int i = first; i <= last; ++i) {
    const Iterator& loop = stage.iters[static_cast<std::size_t>(i)];
    fused.name += loop.name + "@";
    if (loop.kind != fused.kind) fused.kind = IterKind::mixed;
    if (loop.extent == kUnknown || fused.extent == kUnknown) {
      fused.extent = kUnknown;
    } else if (__builtin_mul_overflow(fused.extent, loop.extent, &fused.extent)) {
      return failure("fuse: loops of stage {} have too many iterations together", stage.tensor->name);
    }
  }
  return fused;
}

}  // namespace

Status StepApplier::operator()(const FuseStep& step) {
  if (Status ok = check_loops("fuse", step.stage); !ok) return ok;
  const std::string& name = state_.stage(step.stage).tensor->name;
  if (step.iters.empty()) {
    if (!state_.stage(step.stage).iters.empty()) return failure("fuse: no loops to fuse in stage {}", name);
    Stage& stage = writable(step.stage);
    stage.relations.emplace_back(FuseRelation{{}, stage.next_id});
    stage.iters.push_back({stage.next_id++, "", 1, IterKind::special, Annotation::none});
    return {};
  }
  for (std::size_t k = 0; k < step.iters.size(); ++k) {
    if (Status ok = check_loop("fuse", step.stage, step.iters[k]); !ok) return ok;
    if (k == 0) continue;
    if (step.iters[k] != step.iters[k - 1] + 1)
      return failure("fuse: loops {} and {} of stage {} are not next to each other", step.iters[k - 1], step.iters[k],
                     name);
    if (state_.has_attached(step.stage, step.iters[k - 1]))
      return failure("fuse: stages are computed at loop {} of stage {}, which is not the last one to fuse",
                     step.iters[k - 1], name);
  }
  const int first = step.iters.front(), last = step.iters.back();
  Result<Iterator> fused = fused_loop(state_.stage(step.stage), first, last);
  if (!fused) return fused.failure();

  Stage& stage = writable(step.stage);
  fused->id = stage.next_id++;
  FuseRelation relation{{}, fused->id};
  for (int i = first; i <= last; ++i) relation.parts.push_back(stage.iters[static_cast<std::size_t>(i)].id);
  stage.relations.emplace_back(std::move(relation));
  stage.iters[static_cast<std::size_t>(first)] = std::move(*fused);
  stage.iters.erase(stage.iters.begin() + first + 1, stage.iters.begin() + last + 1);
  move_attachments(step.stage, first, [=](int loop) { return loop <= last ? first : loop - (last - first); });
  return {};
}

Status StepApplier::operator()(const ReorderStep& step) {
  if (Status ok = check_loops("reorder", step.stage); !ok) return ok;
  const Stage& before = state_.stage(step.stage);
  const std::size_t n = before.iters.size();
  if (step.order.size() != n)
    return failure("reorder: {} loops given, stage {} has {}", step.order.size(), before.tensor->name, n);
  std::vector<int> position(n, -1);
  for (std::size_t k = 0; k < n; ++k) {
    if (Status ok = check_loop("reorder", step.stage, step.order[k]); !ok) return ok;
    int& to = position[static_cast<std::size_t>(step.order[k])];
    if (to >= 0) return failure("reorder: loop {} of stage {} appears twice", step.order[k], before.tensor->name);
    to = static_cast<int>(k);
  }

  Stage& stage = writable(step.stage);
  std::vector<Iterator> reordered;
  reordered.reserve(n);
  for (int from : step.order) reordered.push_back(std::move(stage.iters[static_cast<std::size_t>(from)]));
  stage.iters = std::move(reordered);
  move_attachments(step.stage, 0, [&](int loop) { return position[static_cast<std::size_t>(loop)]; });
  return {};
}

}  // namespace tilewright::schedule
