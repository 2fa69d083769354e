#pragma once

#include "search/policy/mutation_policy.h"

namespace tilewright::search {

/// Predicts which mutation improves just this program, from what was learned over all tasks and of this one.
///
/// Rule     drawn in proportion to its odds in Ansor (kOtherOdds where Ansor does not know it) times the chance that it
///          improves the program times what it gains when it does (move_model.h).
/// Factor   where the rule moves a factor between tile levels, kTries such moves are drawn as Ansor would; one of them
/// is
///          taken with a chance in proportion to exp(kSharpness * log2 of the speed that it is predicted to gain)
///          (program_value.h). A model that knows nothing leaves Ansor's draw as it is. kBlind of these draws are
///          Ansor's in any case: its rule also reaches splits that are no tiles.
/// Steps    one such move, but kStepsUnjudged in a row, less where none promises to gain, while the cost model knows
///          nothing yet and would throw dice over the children.
class LearnedMutationPolicy : public MutationPolicy {
 public:
  LearnedMutationPolicy(const MutationInfos& mutations, const space::Hardware& hardware, PolicyMemory& memory);
  bool looks_at_programs() const override { return true; }
  Choice choose(const Parent& parent, Rng& rng) const override;
  void observe(std::span<const Outcome> outcomes) override;
  void learn(std::span<const ProgramValue::Sample> samples) override { value_.learn(samples); }
  /// What `choose` draws rules by, one per rule; adds up to 1.
  std::vector<double> odds(const ProgramFeatures& parent) const;
  const ProgramValue& value() const { return value_; }

 private:
  struct Rule {
    double odds;
    bool moves_factors;
    MoveModel::Move* move;
  };
  std::vector<space::Retiling> walk(std::vector<space::TileAxis> axes, ProgramTile tile, int steps, Rng& rng) const;

  std::vector<Rule> rules_;
  space::Hardware hardware_;
  ProgramValue value_;
};

}  // namespace tilewright::search
