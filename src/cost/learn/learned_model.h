#pragma once

#include <optional>

#include "cost/cost_model.h"
#include "cost/learn/learner.h"
#include "cost/learn/program_rows.h"

namespace tilewright::cost {

/// "gbdt": Ansor's cost model. Features of its 164 columns; the score of a program is the sum of its rows' answers,
/// trained to be its throughput as a share of the best of its task. Until kWarmUp programs are known scores are random,
/// as Ansor's are. Parameters are Ansor's (depth 10, eta 0.2), trained with histograms and incrementally.
///
/// "hybrid": the analytic model, corrected. Features are of the emitted program (`draft.*`); score = -log2 of the
/// corrected cycles (objectives.h), so that it is the analytic model's while nothing is known. Starts with the
/// corrections that were learned on other operators, unless priors are off.
class LearnedCostModel : public CostModel {
 public:
  enum class Kind { gbdt, hybrid };
  static constexpr std::size_t kWarmUp = 64;

  /// `prior`: for `hybrid`, an ensemble over its columns.
  LearnedCostModel(Kind kind, const ModelOptions& options, std::optional<Ensemble> prior = {});
  std::vector<double> predict(const task::Task& task, std::span<const backend::ScheduledProgram> programs) override;
  void update(const task::Task& task, std::span<const backend::ScheduledProgram> programs,
              std::span<const task::Measurement> results) override;
  void learn() override;
  bool knows() const override { return kind_ == Kind::hybrid || learner_.knows(); }

  /// How the trees of a kind are grown and when.
  static LearnerOptions learner_options(Kind kind, std::uint64_t seed);
  /// What the score of a program is, given its rows and their answers.
  static double score(Kind kind, const ProgramRows& rows, std::span<const float> answers);
  static ColumnSet columns(Kind kind) { return kind == Kind::gbdt ? ColumnSet::ansor : ColumnSet::draft; }

 private:
  Kind kind_;
  Machine machine_;
  int threads_;
  std::uint64_t seed_;
  Learner learner_;
};

}  // namespace tilewright::cost
