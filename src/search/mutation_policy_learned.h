#pragma once

#include "search/mutation_policy.h"

namespace tilewright::search {

/// Draws a rule in proportion to the chance that it improves just this program times what it gains when it does, as
/// learned over all tasks (move_model.h); kBlind of the draws are uniform, so nothing is ever given up.
class LearnedMutationPolicy : public MutationPolicy {
 public:
  LearnedMutationPolicy(const MutationInfos& mutations, MoveModel& model);
  bool looks_at_parents() const override { return true; }
  int choose(const ProgramFeatures& parent, Rng& rng) const override;
  void observe(std::span<const Outcome> outcomes) override;
  /// What `choose` draws by, one per rule; adds up to 1.
  std::vector<double> odds(const ProgramFeatures& parent) const;

 private:
  std::vector<MoveModel::Move*> moves_;
};

}  // namespace tilewright::search
