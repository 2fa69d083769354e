#pragma once

#include <deque>

#include "search/policy/mutation_policy.h"

namespace tilewright::search {

/// Adaptive operator selection by extreme-value credit: a rule is worth the mean of the best tenth of its last
/// kAttemptsKept attempts. Attempts that led nowhere are among them, so a rule that often fails is worth that much
/// less: credit is per attempt, which is what an attempt costs. Every rule keeps at least kLeastOdds of the draws;
/// measured gains count kTimesMeasured times. Source   Fialho, Da Costa, Schoenauer, Sebag, "Extreme value based
/// adaptive operator selection", PPSN 2008.
class AdaptiveMutationPolicy : public MutationPolicy {
 public:
  explicit AdaptiveMutationPolicy(int rules);
  Choice choose(const Parent&, Rng& rng) const override { return {draw_by_odds(odds_, rng)}; }
  void observe(std::span<const Outcome> outcomes) override;
  const std::vector<double>& odds() const { return odds_; }

 private:
  std::vector<std::deque<double>> windows_;
  std::vector<double> odds_;
};

}  // namespace tilewright::search
