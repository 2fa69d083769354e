#include "schedule/state.h"

#include "schedule/step_applier.h"

namespace tilewright::schedule {

State State::initial(te::DagRef dag) {
  State state;
  state.stages_.reserve(dag->ops().size());
  for (const te::Tensor& tensor : dag->ops()) state.stages_.push_back(std::make_shared<Stage>(fresh_stage(tensor)));
  state.base_dag_ = dag;
  state.dag_ = std::move(dag);
  return state;
}

Status State::apply(const Step& step) { return apply_shared(std::make_shared<const Step>(step)); }

Status State::apply_shared(std::shared_ptr<const Step> step) {
  Status status = std::visit(StepApplier(*this), *step);
  if (status) steps_.push_back(std::move(step));
  return status;
}

Result<State> State::replay(te::DagRef dag, const std::vector<Step>& steps) {
  State state = initial(std::move(dag));
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (Status ok = state.apply(steps[i]); !ok) return failure("step {}: {}", i, ok.message());
  return state;
}

Result<State> State::with_step(int index, Step replacement) const {
  return with_steps({{index, std::move(replacement)}});
}

Result<State> State::with_steps(std::map<int, Step> replacements) const {
  TW_CHECK(replacements.empty() || (replacements.begin()->first >= 0 && replacements.rbegin()->first < num_steps()),
           "replacements of other than {} steps", num_steps());
  State state = initial(base_dag_);
  for (int i = 0; i < num_steps(); ++i) {
    const auto replacement = replacements.find(i);
    Status ok = state.apply_shared(replacement == replacements.end()
                                       ? steps_[static_cast<std::size_t>(i)]
                                       : std::make_shared<const Step>(std::move(replacement->second)));
    if (!ok) return failure("step {}: {}", i, ok.message());
  }
  return state;
}

std::vector<Step> State::steps() const {
  std::vector<Step> steps;
  steps.reserve(steps_.size());
  for (const auto& step : steps_) steps.push_back(*step);
  return steps;
}

std::vector<int> State::attached_to(int stage, int iter) const {
  std::vector<int> attached;
  for (int i = 0; i < num_stages(); ++i) {
    const Stage& s = this->stage(i);
    if (s.compute_at == ComputeAt::iter && s.attach_stage == stage && s.attach_iter == iter) attached.push_back(i);
  }
  return attached;
}

bool State::has_attached(int stage, int iter) const {
  for (const auto& s : stages_)
    if (s->compute_at == ComputeAt::iter && s->attach_stage == stage && s->attach_iter == iter) return true;
  return false;
}

bool State::is_concrete() const {
  for (const auto& step : steps_)
    if (const auto* split = std::get_if<SplitStep>(step.get()))
      for (std::int64_t length : split->lengths)
        if (length == kUnknown) return false;
  return true;
}

void State::set_extents(const std::vector<std::vector<std::int64_t>>& extents) {
  TW_CHECK(extents.size() == stages_.size(), "extents of {} stages for {}", extents.size(), stages_.size());
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    const std::vector<std::int64_t>& known = extents[s];
    for (std::size_t i = 0; i < std::min(known.size(), stages_[s]->iters.size()); ++i)
      if (known[i] != kUnknown && known[i] != stages_[s]->iters[i].extent)
        StepApplier(*this).writable(static_cast<int>(s)).iters[i].extent = known[i];
  }
}

}  // namespace tilewright::schedule
