#pragma once

#include "cost/cost_model.h"

namespace tilewright::cost {

/// Knows nothing: a number in [0, 1) that depends on the seed and the state only. The lower bound for every other
/// model.
class RandomCostModel : public CostModel {
 public:
  explicit RandomCostModel(const ModelOptions& options) : threads_(options.threads), seed_(options.seed) {}
  std::vector<double> predict(const task::Task& task, std::span<const backend::ScheduledProgram> programs) override;
  void update(const task::Task&, std::span<const backend::ScheduledProgram>,
              std::span<const task::Measurement>) override {}
  bool knows() const override { return false; }

 private:
  int threads_;
  std::uint64_t seed_;
};

}  // namespace tilewright::cost
