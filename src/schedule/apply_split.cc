// SP, FSP, FFSP: one loop becomes several.
#include <limits>

#include "base/integer.h"
#include "schedule/step_applier.h"

namespace tilewright::schedule {
namespace {

constexpr std::int64_t kMaxProduct = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMaxLoops = 256;

/// Product of lengths, kUnknown if one is, 0 if it exceeds kMaxProduct.
std::int64_t bounded_product(const std::vector<std::int64_t>& lengths) {
  std::int64_t total = 1;
  bool known = true;
  for (std::int64_t length : lengths) {
    if (length == kUnknown) {
      known = false;
    } else if (length > kMaxProduct / total) {
      return 0;
    } else {
      total *= length;
    }
  }
  return known ? total : kUnknown;
}

/// Extents of all parts, outer to inner. As in TVM, what lies beyond the first unknown length is unknown.
std::vector<std::int64_t> part_extents(std::int64_t extent, const std::vector<std::int64_t>& lengths,
                                       bool inner_to_outer) {
  const std::size_t n = lengths.size();
  std::vector<std::int64_t> extents(n + 1, kUnknown);
  std::int64_t rest = extent;
  for (std::size_t k = 0; k < n && rest != kUnknown; ++k) {
    const std::int64_t length = inner_to_outer ? lengths[n - 1 - k] : lengths[k];
    extents[inner_to_outer ? n - k : k] = length;
    rest = length == kUnknown ? kUnknown : ceil_div(rest, length);
  }
  extents[inner_to_outer ? 0 : n] = rest;
  return extents;
}

}  // namespace

Status StepApplier::split(int stage_id, int iter, const Lengths& lengths) {
  const Stage& before = state_.stage(stage_id);
  const Iterator old = before.iters[static_cast<std::size_t>(iter)];
  const std::string& stage_name = before.tensor->name;
  if (lengths.values.empty())
    return failure("{}: no length for loop {} in stage {}", lengths.name, old.name, stage_name);
  for (std::int64_t length : lengths.values)
    if (length < 1 && length != kUnknown)
      return failure("{}: length {} of loop {} in stage {} must be at least 1", lengths.name, length, old.name,
                     stage_name);
  if (bounded_product(lengths.values) == 0)
    return failure("{}: lengths of loop {} in stage {} multiply to more than {}", lengths.name, old.name, stage_name,
                   kMaxProduct);
  if (before.iters.size() + lengths.values.size() > kMaxLoops)
    return failure("{}: stage {} would have more than {} loops", lengths.name, stage_name, kMaxLoops);

  const auto n = static_cast<int>(lengths.values.size());
  const std::vector<std::int64_t> extents = part_extents(old.extent, lengths.values, lengths.inner_to_outer);
  Stage& stage = writable(stage_id);
  SplitRelation relation{old.id, {}, lengths.values, lengths.inner_to_outer};
  std::vector<Iterator> parts;
  for (int k = 0; k <= n; ++k) {
    parts.push_back({stage.next_id, old.name + "." + std::to_string(k), extents[static_cast<std::size_t>(k)], old.kind,
                     Annotation::none});
    relation.parts.push_back(stage.next_id++);
  }
  stage.relations.emplace_back(std::move(relation));
  stage.iters.erase(stage.iters.begin() + iter);
  stage.iters.insert(stage.iters.begin() + iter, std::make_move_iterator(parts.begin()),
                     std::make_move_iterator(parts.end()));
  move_attachments(stage_id, iter, [n](int loop) { return loop + n; });
  return {};
}

Status StepApplier::operator()(const SplitStep& step) {
  if (Status ok = check_loop("split", step.stage, step.iter); !ok) return ok;
  const Stage& stage = state_.stage(step.stage);
  const Iterator& loop = stage.iters[static_cast<std::size_t>(step.iter)];
  const bool is_axis = loop.id < static_cast<int>(stage.tensor->axes.size() + stage.tensor->reduce_axes.size());
  if (is_axis && step.extent != kUnknown && loop.extent != kUnknown && step.extent != loop.extent)
    return failure("split: extent {} is not that of loop {} in stage {}, which is {}", step.extent, loop.name,
                   stage.tensor->name, loop.extent);
  return split(step.stage, step.iter, {"split", step.lengths, step.inner_to_outer});
}

Result<const SplitStep*> StepApplier::source_split(std::string_view step, int source) const {
  if (source < 0 || source >= state_.num_steps())
    return failure("{}: step {} does not exist, {} steps come before", step, source, state_.num_steps());
  const auto* found = std::get_if<SplitStep>(&state_.step(source));
  if (!found) return failure("{}: step {} is not a split", step, source);
  return found;
}

Status StepApplier::operator()(const FollowSplitStep& step) {
  if (Status ok = check_loop("follow_split", step.stage, step.iter); !ok) return ok;
  const Result<const SplitStep*> source = source_split("follow_split", step.source_step);
  if (!source) return source.failure();
  const std::vector<std::int64_t>& followed = (*source)->lengths;
  const auto count = static_cast<int>(followed.size());
  if (step.levels < 1 || step.levels > count + 1)
    return failure("follow_split: {} levels of step {}, which has {} lengths", step.levels, step.source_step, count);

  std::vector<std::int64_t> lengths(followed.begin(), followed.begin() + step.levels - 1);
  lengths.push_back(bounded_product({followed.begin() + step.levels - 1, followed.end()}));
  return split(step.stage, step.iter, {"follow_split", std::move(lengths), true});
}

Status StepApplier::operator()(const FollowFusedSplitStep& step) {
  if (Status ok = check_loop("follow_fused_split", step.stage, step.iter); !ok) return ok;
  if (step.source_steps.empty()) return failure("follow_fused_split: no step to follow");
  std::vector<std::int64_t> factors;
  for (int id : step.source_steps) {
    const Result<const SplitStep*> source = source_split("follow_fused_split", id);
    if (!source) return source.failure();
    if (step.level < 0 || step.level >= static_cast<int>((*source)->lengths.size()))
      return failure("follow_fused_split: level {} of step {}, which has {} lengths", step.level, id,
                     (*source)->lengths.size());
    factors.push_back((*source)->lengths[static_cast<std::size_t>(step.level)]);
  }
  return split(step.stage, step.iter, {"follow_fused_split", {bounded_product(factors)}, step.factor});
}

}  // namespace tilewright::schedule
