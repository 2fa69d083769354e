#pragma once

#include "search/policy/sketch_policy.h"

namespace tilewright::search {

/// A reinforcement-learning agent that picks sketches, one and the same for all tasks.
///
/// State    the task's sizes, what the sketch is made of and how its search goes (sketch_features.h)
/// Action   the sketch that gets slots
/// Reward   log2 of the speed-up of the task that its candidates of a batch brought, per mean candidate's time spent;
///          if they brought none, how far their best stays behind, so that close ones differ from hopeless ones
/// Learning Q-learning with a linear Q and its uncertainty (sketch_agent.h): target = reward + kDiscount * the best
///          value after the batch. Shares are the chances that a sketch has the largest Q, with a floor (Thompson
///          sampling). Slots are the product of that opinion and the cost model's, which knows the candidates.
class QLearningSketchPolicy : public SketchPolicy {
 public:
  explicit QLearningSketchPolicy(const PolicyContext& context);
  std::vector<double> shares() const override;
  std::vector<double> slots(std::span<const double> ranked_first) const override;
  void observe(std::span<const Outcome> outcomes) override;

 private:
  std::vector<SketchFeatures> rows() const;

  SketchAgent& agent_;
  std::vector<SketchFeatures> fixed_;
  std::vector<SketchProgress> progress_;
  std::uint64_t seed_;
  int batches_ = 0;
  double cost_s_ = 0;
  int trials_ = 0;
};

}  // namespace tilewright::search
