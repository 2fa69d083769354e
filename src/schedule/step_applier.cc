#include "schedule/step_applier.h"

#include <atomic>

namespace tilewright::schedule {
namespace {

void replace_all(std::string& text, std::string_view from, char to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
    text.erase(at + 1, from.size() - 1);
    text[at] = to;
  }
}

/// An axis name as TVM writes it in a schedule.
std::string loop_name(std::string name) {
  for (char& c : name)
    if (c == '.' || c == '@') c = '_';
  replace_all(name, "outer", 'o');
  replace_all(name, "inner", 'i');
  return name;
}

}  // namespace

Stage fresh_stage(const te::Tensor& tensor) {
  Stage stage;
  stage.tensor = tensor;
  for (const te::AxisRef& axis : tensor->axes)
    stage.iters.push_back({stage.next_id++, loop_name(axis->name), axis->extent, IterKind::spatial, Annotation::none});
  for (const te::AxisRef& axis : tensor->reduce_axes)
    stage.iters.push_back(
        {stage.next_id++, loop_name(axis->name), axis->extent, IterKind::reduction, Annotation::none});
  return stage;
}

Status StepApplier::check_stage(std::string_view step, int stage) const {
  if (stage < 0 || stage >= state_.num_stages())
    return failure("{}: stage {} does not exist, the state has {} stages", step, stage, state_.num_stages());
  return {};
}

Status StepApplier::check_loops(std::string_view step, int stage) const {
  if (Status ok = check_stage(step, stage); !ok) return ok;
  const Stage& s = state_.stage(stage);
  if (s.is_placeholder()) return failure("{}: stage {} is an input and has no loops", step, s.tensor->name);
  if (s.compute_at == ComputeAt::inlined)
    return failure("{}: stage {} is inlined and has no loops", step, s.tensor->name);
  return {};
}

Status StepApplier::check_loop(std::string_view step, int stage, int iter) const {
  if (Status ok = check_loops(step, stage); !ok) return ok;
  const Stage& s = state_.stage(stage);
  if (iter < 0 || iter >= static_cast<int>(s.iters.size()))
    return failure("{}: loop {} does not exist, stage {} has {} loops", step, iter, s.tensor->name, s.iters.size());
  return {};
}

Status StepApplier::check_fresh(std::string_view step, int stage) const {
  const Stage& s = state_.stage(stage);
  if (!s.relations.empty()) return failure("{}: loops of stage {} are already split or fused", step, s.tensor->name);
  if (s.compute_at != ComputeAt::root) return failure("{}: stage {} is not computed at root", step, s.tensor->name);
  if (has_any_attached(stage)) return failure("{}: other stages are computed inside stage {}", step, s.tensor->name);
  return {};
}

bool StepApplier::has_any_attached(int stage) const {
  for (int i = 0; i < state_.num_stages(); ++i)
    if (state_.stage(i).compute_at == ComputeAt::iter && state_.stage(i).attach_stage == stage) return true;
  return false;
}

Stage& StepApplier::writable(int stage) {
  std::shared_ptr<const Stage>& shared = state_.stages_[static_cast<std::size_t>(stage)];
  if (shared.use_count() != 1) shared = std::make_shared<Stage>(*shared);
  std::atomic_thread_fence(std::memory_order_acquire);  // a former owner on another thread may just have let go
  return const_cast<Stage&>(*shared);                   // made as a non-const Stage, and ours alone
}

void StepApplier::insert_stage(int position, te::DagRef dag) {
  for (int i = 0; i < state_.num_stages(); ++i) {
    const Stage& stage = state_.stage(i);
    if (stage.compute_at == ComputeAt::iter && stage.attach_stage >= position) ++writable(i).attach_stage;
  }
  state_.dag_ = std::move(dag);
  const auto& ops = state_.dag_->ops();
  const auto at = static_cast<std::size_t>(position);
  state_.stages_.insert(state_.stages_.begin() + position, std::make_shared<Stage>(fresh_stage(ops[at])));
  for (std::size_t i = at + 1; i < ops.size(); ++i)
    if (state_.stages_[i]->tensor.op() != ops[i].op()) writable(static_cast<int>(i)).tensor = ops[i];
}

}  // namespace tilewright::schedule
