#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "search/policy_memory.h"
#include "search/program_features.h"
#include "space/search_space.h"

namespace tilewright::search {

/// Decides which mutation rule is tried on a state. One object per task.
class MutationPolicy {
 public:
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
  virtual bool looks_at_parents() const { return false; }
  /// A position in space::SearchSpace::mutations() of its space. Called from several threads at once.
  virtual int choose(const ProgramFeatures& parent, Rng& rng) const = 0;
  /// Learns from a generation of children, or from a measured batch.
  virtual void observe(std::span<const Outcome> outcomes) = 0;
};

using MutationInfos = std::vector<space::SearchSpace::MutationInfo>;

/// A policy by name: "fixed", "adaptive" or "learned"; `mutations`: those of the space. `memory` must outlive it.
/// Errors: Error(usage) that names the known ones.
std::unique_ptr<MutationPolicy> make_mutation_policy(std::string_view name, const MutationInfos& mutations,
                                                     PolicyMemory& memory);

/// A position in `odds`, drawn in proportion; none negative, at least one above 0.
int draw_by_odds(std::span<const double> odds, Rng& rng);

/// Draws by fixed odds, whatever the state: Ansor's choice (SPEC_ANSOR §5.3).
class FixedMutationPolicy : public MutationPolicy {
 public:
  /// `odds`: one per rule, need not add up to 1. At least one must be above 0.
  explicit FixedMutationPolicy(std::vector<double> odds);
  int choose(const ProgramFeatures&, Rng& rng) const override { return draw_by_odds(odds_, rng); }
  void observe(std::span<const Outcome>) override {}

 private:
  std::vector<double> odds_;
};

}  // namespace tilewright::search
