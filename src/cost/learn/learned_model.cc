#include "cost/learn/learned_model.h"

#include <limits>
#include <numeric>

#include "base/hash.h"
#include "base/parallel_for.h"
#include "base/rng.h"
#include "cost/learn/objectives.h"

namespace tilewright::cost {
namespace {

/// States whose rows are answered in one call: large enough to hide its cost, small enough to share among threads.
constexpr int kChunk = 64;

Learner::MakeObjective objective_of(LearnedCostModel::Kind kind) {
  return [kind](const TrainingSet& data) -> std::unique_ptr<Ensemble::Objective> {
    if (kind == LearnedCostModel::Kind::gbdt) return std::make_unique<ThroughputObjective>(data);
    return std::make_unique<CorrectionObjective>(data);
  };
}

}  // namespace

LearnerOptions LearnedCostModel::learner_options(Kind kind, std::uint64_t seed) {
  LearnerOptions options;
  options.trees.seed = seed;
  options.trees.max_depth = 4;
  if (kind == Kind::gbdt) {
    options.trees.max_depth = 10, options.trees.gamma = 0.001, options.trees.min_child_weight = 0;
    options.trees.base = 0.5;
    options.first = kWarmUp;
  }
  return options;
}

double LearnedCostModel::score(Kind kind, const ProgramRows& rows, std::span<const float> answers) {
  if (kind == Kind::gbdt) return std::accumulate(answers.begin(), answers.end(), 0.0);
  return -corrected_log_cycles(rows.cycles, answers);
}

LearnedCostModel::LearnedCostModel(Kind kind, const ModelOptions& options, std::optional<Ensemble> prior)
    : kind_(kind),
      machine_(machine_of(options.target)),
      threads_(options.threads),
      seed_(options.seed),
      learner_(columns_of(columns(kind)), learner_options(kind, options.seed), objective_of(kind), std::move(prior)) {}

std::vector<double> LearnedCostModel::predict(const task::Task&, std::span<const backend::ScheduledProgram> programs) {
  std::vector<double> scores(programs.size(), -std::numeric_limits<double>::infinity());
  const int count = static_cast<int>(programs.size());
  parallel_for((count + kChunk - 1) / kChunk, threads_, [&](int chunk) {
    std::vector<std::size_t> positions;
    std::vector<ProgramRows> all_rows;
    std::vector<float> values;
    for (int i = chunk * kChunk; i < std::min(count, (chunk + 1) * kChunk); ++i) {
      const auto at = static_cast<std::size_t>(i);
      auto rows = rows_of(programs[at], columns(kind_), machine_);
      programs[at].forget_program();
      if (!rows) continue;
      positions.push_back(at);
      values.insert(values.end(), rows->values.begin(), rows->values.end());
      all_rows.push_back(std::move(*rows));
    }
    const bool random = !knows();
    const std::vector<float> answers = learner_.answers(values);
    std::size_t row = 0;
    for (std::size_t p = 0; p < all_rows.size(); ++p) {
      const std::span<const float> own(answers.data() + row, all_rows[p].count());
      row += all_rows[p].count();
      scores[positions[p]] =
          random ? Rng(hash_mix(seed_, programs[positions[p]].hash())).uniform() : score(kind_, all_rows[p], own);
    }
  });
  return scores;
}

void LearnedCostModel::update(const task::Task& task, std::span<const backend::ScheduledProgram> programs,
                              std::span<const task::Measurement> results) {
  std::vector<std::optional<ProgramRows>> rows(programs.size());
  parallel_for(static_cast<int>(programs.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    rows[at] = rows_of(programs[at], columns(kind_), machine_);
  });
  for (std::size_t i = 0; i < programs.size(); ++i)
    if (rows[i]) learner_.add(task.key, std::move(*rows[i]), results[i]);
}

void LearnedCostModel::learn() { learner_.learn(); }

}  // namespace tilewright::cost
