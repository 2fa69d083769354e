#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "schedule/state.h"
#include "space/search_space.h"

namespace tilewright::search {

/// Decides which mutation rule is tried on a state. One object per task.
class MutationPolicy {
 public:
  /// What came of one mutation.
  struct Outcome {
    int mutation;
    double parent_score, child_score;  ///< by the cost model; -inf: the child can't be lowered
  };
  virtual ~MutationPolicy() = default;
  /// A position in space::SearchSpace::mutations() of its space. Called from several threads at once.
  virtual int choose(const schedule::State& parent, Rng& rng) const = 0;
  /// Learns from a generation of children.
  virtual void observe(std::span<const Outcome> outcomes) = 0;
};

/// A policy by name: "fixed"; `mutations`: those of the space. Errors: Error(usage) that names the known ones.
std::unique_ptr<MutationPolicy> make_mutation_policy(std::string_view name,
                                                     const std::vector<space::SearchSpace::MutationInfo>& mutations);

/// Draws by fixed odds, whatever the state: Ansor's choice (SPEC_ANSOR §5.3).
class FixedMutationPolicy : public MutationPolicy {
 public:
  /// `odds`: one per rule, need not add up to 1. At least one must be above 0.
  explicit FixedMutationPolicy(const std::vector<double>& odds);
  int choose(const schedule::State& parent, Rng& rng) const override;
  void observe(std::span<const Outcome>) override {}

 private:
  std::vector<double> cumulative_;
};

}  // namespace tilewright::search
