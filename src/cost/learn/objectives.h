#pragma once

#include <span>
#include <vector>

#include "cost/learn/training_set.h"

namespace tilewright::cost {

/// Ansor's loss (docs/ansor.md §6.3): the answers of a program's rows add up to its throughput, as a share of the best
/// of its task; squared error weighted with that share. A program that is known to be slower than some time only pulls
/// answers that are above what that time comes to.
class ThroughputObjective : public Ensemble::Objective {
 public:
  explicit ThroughputObjective(const TrainingSet& data) : data_(data) {}
  void derive(std::span<const float> answers, std::span<float> gradient, std::span<float> hessian) override;

 private:
  const TrainingSet& data_;
};

/// Corrects the analytic model. A row's time is its estimated cycles times 2^answer, a program's the sum of them:
/// without any tree the model is the analytic one.
///
/// Loss    squared error of log2(time), up to a constant per task (cycles per second, and what the estimate misses by
///         in all programs of the task alike); a program weighs as much as its throughput is of the task's best, since
///         only the order among the good ones matters. Of a lower bound only estimates below it count.
/// Gauss-Newton, with the error of a program shared among its rows as their shares of its time are.
class CorrectionObjective : public Ensemble::Objective {
 public:
  explicit CorrectionObjective(const TrainingSet& data) : data_(data) {}
  void derive(std::span<const float> answers, std::span<float> gradient, std::span<float> hessian) override;

 private:
  void estimate(std::span<const float> answers);
  void find_offsets();

  const TrainingSet& data_;
  std::vector<double> row_cycles_;  ///< per row: corrected
  std::vector<double> log_cycles_;  ///< per program: log2 of the sum
  std::vector<double> offset_;      ///< per task: log2 of seconds per cycle
};

/// log2 of the corrected cycles of one program.
double corrected_log_cycles(std::span<const double> cycles, std::span<const float> answers);

}  // namespace tilewright::cost
