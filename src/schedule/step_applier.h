#pragma once

#include <string_view>
#include <vector>

#include "schedule/state.h"

namespace tilewright::schedule {

/// What each step does to a state: one overload a step. Everything is checked before anything is changed, so a failed
/// step leaves the state as it was. Appending the step to the list is State::apply's part.
class StepApplier {
 public:
  explicit StepApplier(State& state) : state_(state) {}

  Status operator()(const AnnotateStep& step);
  Status operator()(const PragmaStep& step);
  Status operator()(const StorageAlignStep& step);
  Status operator()(const FuseStep& step);
  Status operator()(const ReorderStep& step);
  Status operator()(const SplitStep& step);
  Status operator()(const FollowSplitStep& step);
  Status operator()(const FollowFusedSplitStep& step);
  Status operator()(const ComputeAtStep& step);
  Status operator()(const ComputeInlineStep& step);
  Status operator()(const ComputeRootStep& step);
  Status operator()(const CacheReadStep& step);
  Status operator()(const CacheWriteStep& step);
  Status operator()(const RfactorStep& step);

  /// The stage, owned by this state alone.
  Stage& writable(int stage);

 private:
  /// How a step splits: `name` is the step's, for messages.
  struct Lengths {
    std::string_view name;
    std::vector<std::int64_t> values;
    bool inner_to_outer;
  };
  Status split(int stage, int iter, const Lengths& lengths);
  /// The split step at position `source`, or why there is none.
  Result<const SplitStep*> source_split(std::string_view step, int source) const;

  Status check_stage(std::string_view step, int stage) const;  ///< exists
  Status check_loops(std::string_view step, int stage) const;  ///< exists, computes something and is not inlined
  Status check_loop(std::string_view step, int stage, int iter) const;
  /// Untouched since it was made, at root, and nothing is attached to it.
  Status check_fresh(std::string_view step, int stage) const;
  bool has_any_attached(int stage) const;

  /// Attachments to loops of `stage` at `first` or beyond get their loop from `moved(old loop)`.
  template <class Moved>
  void move_attachments(int stage, int first, Moved moved);
  /// Puts a stage at `position`; attachments to stages from `position` on shift. The DAG becomes `dag`, whose
  /// operations at `position` and beyond replace those of the stages.
  void insert_stage(int position, te::DagRef dag);

  State& state_;
};

/// A stage that computes the operation with untouched loops (docs/ansor.md §2.1), at root.
Stage fresh_stage(const te::Tensor& tensor);

template <class Moved>
void StepApplier::move_attachments(int stage, int first, Moved moved) {
  for (int i = 0; i < state_.num_stages(); ++i) {
    const Stage& attached = state_.stage(i);
    if (attached.compute_at != ComputeAt::iter || attached.attach_stage != stage || attached.attach_iter < first)
      continue;
    const int target = moved(attached.attach_iter);
    if (target != attached.attach_iter) writable(i).attach_iter = target;
  }
}

}  // namespace tilewright::schedule
