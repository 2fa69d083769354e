#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "cost/learn/ensemble.h"
#include "cost/learn/training_set.h"

namespace tilewright::cost {

/// When and how much is trained.
struct LearnerOptions {
  TreeOptions trees;
  std::size_t window = 768;  ///< programs that are learned from, the latest
  std::size_t first = 16;    ///< programs before the first training
  std::size_t every = 16;    ///< more programs before the next
  int rounds_anew = 40;      ///< trees when training starts from nothing: when there are twice as many programs
  int rounds_more = 6;       ///< trees that are added in between
  int most_trees = 160;      ///< from then on it starts from nothing, too
};

/// An ensemble that keeps up with a growing set of measured programs at bounded cost: a few trees more for every batch,
/// all trees anew when the data has doubled.
class Learner {
 public:
  using MakeObjective = std::function<std::unique_ptr<Ensemble::Objective>(const TrainingSet&)>;
  /// `prior`: an ensemble whose answers are always added; it is not changed.
  Learner(int columns, const LearnerOptions& options, MakeObjective objective, std::optional<Ensemble> prior = {});

  void add(std::string_view task, ProgramRows rows, const task::Measurement& measurement);
  /// Trains if enough was added since the last time.
  void learn();
  /// It has learned something, or has a prior.
  bool knows() const { return prior_.has_value() || own_.trees() > 0; }
  /// One answer per row. Threads: may be called from several at once.
  std::vector<float> answers(std::span<const float> values) const;
  const TrainingSet& data() const { return data_; }
  const Ensemble& own() const { return own_; }

 private:
  LearnerOptions options_;
  MakeObjective objective_;
  std::optional<Ensemble> prior_;
  Ensemble own_;
  TrainingSet data_;
  std::size_t trained_on_ = 0, anew_on_ = 0;  ///< programs ever added, at the last training and the last anew
};

}  // namespace tilewright::cost
