#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "search/policy/policy_memory.h"
#include "search/policy/program_features.h"
#include "space/search_space.h"

namespace tilewright::search {

/// Decides which mutation rule is tried on a state, and sometimes what the rule shall do. One object per task.
class MutationPolicy {
 public:
  struct Choice {
    int mutation;                                 ///< a position in space::SearchSpace::mutations() of its space
    std::vector<space::Retiling> retilings = {};  ///< what to do instead of what the rule would draw; none: that
    ProgramFeatures features{};                   ///< of the parent; zeros if the policy does not look at programs
  };
  /// What came of one attempt.
  struct Outcome {
    int mutation;
    ProgramFeatures parent;  ///< zeros if the policy does not look at them
    /// How far the child is above its parent and above what was already good, in standard deviations; 0 or less: no
    /// gain. Attempts that led to no new program count as 0.
    double gain;
    bool measured = false;  ///< by times, not by the cost model
  };
  virtual ~MutationPolicy() = default;
  virtual bool looks_at_programs() const { return false; }
  struct Parent {
    const schedule::State& state;
    bool is_judged = true;  ///< the cost model can tell good children from bad ones
  };
  /// Called from several threads at once.
  virtual Choice choose(const Parent& parent, Rng& rng) const = 0;
  /// Learns from a generation of children, or from the children of a measured batch.
  virtual void observe(std::span<const Outcome> outcomes) = 0;
  /// Learns from what was measured, whatever it came from; only if the policy looks at programs.
  virtual void learn(std::span<const ProgramValue::Sample>) {}
};

using MutationInfos = std::vector<space::SearchSpace::MutationInfo>;

/// A policy by name: "fixed", "adaptive" or "learned"; `memory` must outlive it.
/// Errors: Error(usage) that names the known ones.
std::unique_ptr<MutationPolicy> make_mutation_policy(std::string_view name, const space::SearchSpace& space,
                                                     PolicyMemory& memory);

/// A position in `odds`, drawn in proportion; none negative, at least one above 0.
int draw_by_odds(std::span<const double> odds, Rng& rng);

/// Draws by fixed odds, whatever the state: Ansor's choice (docs/ansor.md §5.3).
class FixedMutationPolicy : public MutationPolicy {
 public:
  /// `odds`: one per rule, need not add up to 1. At least one must be above 0.
  explicit FixedMutationPolicy(std::vector<double> odds);
  Choice choose(const Parent&, Rng& rng) const override { return {draw_by_odds(odds_, rng)}; }
  void observe(std::span<const Outcome>) override {}

 private:
  std::vector<double> odds_;
};

}  // namespace tilewright::search
