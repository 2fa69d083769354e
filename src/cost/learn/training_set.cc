#include "cost/learn/training_set.h"

#include <algorithm>
#include <cmath>

namespace tilewright::cost {

Observed observe(const task::Measurement& measurement, double best_s) {
  if (measurement.error != task::ErrorKind::none || measurement.times_s.empty()) return {best_s * kFailedFactor, true};
  return {measurement.time_s(), measurement.cut_short};
}

void TrainingSet::add(std::string_view task, ProgramRows rows, const task::Measurement& measurement) {
  auto known = std::find(tasks_.begin(), tasks_.end(), task);
  if (known == tasks_.end()) {
    tasks_.emplace_back(task);
    best_s_.push_back(HUGE_VAL);
    known = tasks_.end() - 1;
  }
  const int id = static_cast<int>(known - tasks_.begin());
  const bool valid = measurement.error == task::ErrorKind::none && !measurement.times_s.empty();
  if (valid) best_s_[static_cast<std::size_t>(id)] = std::min(best_s(id), measurement.time_s());
  programs_.push_back({id, cycles_.size(), rows.count(), measurement});
  programs_.back().measurement.error_text.clear();
  values_.insert(values_.end(), rows.values.begin(), rows.values.end());
  cycles_.insert(cycles_.end(), rows.cycles.begin(), rows.cycles.end());
  ++total_;
  if (programs_.size() > window_ + window_ / 4) forget();
}

/// Down to the window at once, so that the rest need not be moved for every program that is added.
void TrainingSet::forget() {
  const std::size_t gone = programs_.size() - window_;
  const std::size_t rows = programs_[gone].first_row;
  programs_.erase(programs_.begin(), programs_.begin() + static_cast<std::ptrdiff_t>(gone));
  cycles_.erase(cycles_.begin(), cycles_.begin() + static_cast<std::ptrdiff_t>(rows));
  values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(rows) * columns_);
  for (Program& program : programs_) program.first_row -= rows;
}

}  // namespace tilewright::cost
