// CA, CI, CR: where a stage is computed.
#include "schedule/step_applier.h"

namespace tilewright::schedule {
namespace {

/// What a stage computes of its axes, and so its extents, depend on where it is computed.
void forget_extents(Stage& stage) {
  for (Iterator& loop : stage.iters) loop.extent = kUnknown;
}

}  // namespace

Status StepApplier::operator()(const ComputeAtStep& step) {
  if (Status ok = check_stage("compute_at", step.stage); !ok) return ok;
  if (Status ok = check_loop("compute_at", step.target_stage, step.target_iter); !ok) return ok;
  const std::string& name = state_.stage(step.stage).tensor->name;
  const std::string& target_name = state_.stage(step.target_stage).tensor->name;
  if (state_.stage(step.stage).is_placeholder()) return failure("compute_at: stage {} is an input", name);
  if (state_.dag()->is_output(step.stage)) return failure("compute_at: stage {} is an output and stays at root", name);
  if (step.stage > step.target_stage)
    return failure("compute_at: stage {} comes after stage {} and can't be computed inside it", name, target_name);
  if (step.stage == step.target_stage) return failure("compute_at: stage {} can't be computed inside itself", name);

  Stage& stage = writable(step.stage);
  stage.compute_at = ComputeAt::iter;
  stage.attach_stage = step.target_stage;
  stage.attach_iter = step.target_iter;
  stage.attached_by = state_.num_steps();
  forget_extents(stage);
  return {};
}

Status StepApplier::operator()(const ComputeInlineStep& step) {
  if (Status ok = check_loops("inline", step.stage); !ok) return ok;
  const te::Tensor& tensor = state_.stage(step.stage).tensor;
  if (state_.dag()->is_output(step.stage)) return failure("inline: stage {} is an output", tensor->name);
  if (!tensor->reduce_axes.empty()) return failure("inline: stage {} is a reduction", tensor->name);
  if (has_any_attached(step.stage)) return failure("inline: other stages are computed inside stage {}", tensor->name);
  Stage& stage = writable(step.stage);
  stage.compute_at = ComputeAt::inlined;
  stage.attach_stage = stage.attach_iter = -1;
  return {};
}

Status StepApplier::operator()(const ComputeRootStep& step) {
  if (Status ok = check_stage("compute_root", step.stage); !ok) return ok;
  if (state_.stage(step.stage).is_placeholder())
    return failure("compute_root: stage {} is an input", state_.stage(step.stage).tensor->name);
  Stage& stage = writable(step.stage);
  stage.compute_at = ComputeAt::root;
  stage.attach_stage = stage.attach_iter = -1;
  forget_extents(stage);
  return {};
}

}  // namespace tilewright::schedule
