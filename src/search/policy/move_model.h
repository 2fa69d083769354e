#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "search/policy/program_features.h"

namespace tilewright::search {

/// What is known over all tasks about mutation rules, by their names: how likely each is to improve a program, from the
/// program's features (logistic regression), and how much it gains when it does. Learns one attempt at a time
/// (AdaGrad: Duchi, Hazan, Singer, JMLR 2011).
class MoveModel {
 public:
  struct Move {
    std::array<double, kProgramFeatures.size()> weights{}, squares{};
    double gain = 1;  ///< mean gain of improvements, sliding
    double attempts = 0;
    double chance(const ProgramFeatures& parent) const;  ///< of an improvement
    void learn(const ProgramFeatures& parent, double gain, double weight);
  };
  /// The rule's model, a new one if it was not met before. References stay valid.
  Move& of(const std::string& name);
  const std::map<std::string, Move>& moves() const { return moves_; }

  nlohmann::json to_json() const;
  /// Errors: Error(bad_input) if `json` is of other features.
  static MoveModel from_json(const nlohmann::json& json);

 private:
  std::map<std::string, Move> moves_;
};

}  // namespace tilewright::search
