#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cost/learn/ensemble.h"
#include "task/measurement.h"

namespace tilewright::cost {

/// What a model sees of one program: rows of features, and the analytic model's cycles per row.
struct ProgramRows {
  std::vector<float> values;
  std::vector<double> cycles;  ///< one per row
  std::size_t count() const { return cycles.size(); }
};

/// What is known about the time of a measured program.
struct Observed {
  double time_s = 0;
  bool at_least = false;  ///< it was stopped early or failed: a lower bound
};
/// Source: a measurement that was cut short ended because the program was clearly slower than the best; one that failed
/// says no more than that it is no good, which counts as slower than the best by kFailedFactor.
Observed observe(const task::Measurement& measurement, double best_s);
inline constexpr double kFailedFactor = 8;

/// Measured programs, in the order in which they came; beyond `window` of them the oldest are forgotten.
class TrainingSet {
 public:
  TrainingSet(int columns, std::size_t window) : columns_(columns), window_(window) {}

  void add(std::string_view task, ProgramRows rows, const task::Measurement& measurement);

  /// One program: where its rows are, and what was seen.
  struct Program {
    int task;
    std::size_t first_row, rows;
    task::Measurement measurement;
  };
  std::span<const Program> programs() const { return programs_; }
  int tasks() const { return static_cast<int>(tasks_.size()); }
  /// Least time among a task's valid measurements, forgotten ones included; infinite if there is none.
  double best_s(int task) const { return best_s_[static_cast<std::size_t>(task)]; }
  Observed observed(const Program& program) const { return observe(program.measurement, best_s(program.task)); }
  Matrix rows() const { return {values_, columns_}; }
  std::span<const double> cycles() const { return cycles_; }
  std::size_t total() const { return total_; }  ///< programs ever added

 private:
  void forget();

  int columns_;
  std::size_t window_, total_ = 0;
  std::vector<std::string> tasks_;
  std::vector<double> best_s_;
  std::vector<Program> programs_;
  std::vector<float> values_;
  std::vector<double> cycles_;
};

}  // namespace tilewright::cost
