#include "cost/learn/objectives.h"

#include <algorithm>
#include <cmath>

namespace tilewright::cost {
namespace {

/// Hessian of rows that have no say, so that no split is made for them.
constexpr float kNothing = 1e-6F;

}  // namespace

void ThroughputObjective::derive(std::span<const float> answers, std::span<float> gradient, std::span<float> hessian) {
  for (const TrainingSet::Program& p : data_.programs()) {
    const Observed seen = data_.observed(p);
    const double label = std::isfinite(seen.time_s) ? data_.best_s(p.task) / seen.time_s : 0;
    double sum = 0;
    for (std::size_t r = p.first_row; r < p.first_row + p.rows; ++r) sum += answers[r];
    const bool counts = !seen.at_least || sum > label;
    for (std::size_t r = p.first_row; r < p.first_row + p.rows; ++r) {
      gradient[r] = counts ? static_cast<float>(label * (sum - label)) : 0;
      hessian[r] = counts ? std::max(static_cast<float>(label), kNothing) : kNothing;
    }
  }
}

void CorrectionObjective::derive(std::span<const float> answers, std::span<float> gradient, std::span<float> hessian) {
  estimate(answers);
  find_offsets();
  const auto programs = data_.programs();
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const TrainingSet::Program& p = programs[i];
    const Observed seen = data_.observed(p);
    const double best = data_.best_s(p.task);
    const bool known = std::isfinite(best);  // otherwise nothing of the task worked
    const double offset = offset_[static_cast<std::size_t>(p.task)];
    const double error = known ? log_cycles_[i] + offset - std::log2(seen.time_s) : 0;
    const double weight = known && !(seen.at_least && error > 0) ? best / seen.time_s : 0;
    const double total = std::exp2(log_cycles_[i]);
    for (std::size_t r = p.first_row; r < p.first_row + p.rows; ++r) {
      const double share = row_cycles_[r] / total;
      gradient[r] = static_cast<float>(weight * error * share);
      hessian[r] = std::max(static_cast<float>(weight * share), kNothing);
    }
  }
}

void CorrectionObjective::estimate(std::span<const float> answers) {
  row_cycles_.resize(answers.size());
  for (std::size_t r = 0; r < answers.size(); ++r)
    row_cycles_[r] = std::max(1.0, data_.cycles()[r]) * std::exp2(static_cast<double>(answers[r]));
  log_cycles_.clear();
  for (const TrainingSet::Program& p : data_.programs()) {
    double sum = 0;
    for (std::size_t r = p.first_row; r < p.first_row + p.rows; ++r) sum += row_cycles_[r];
    log_cycles_.push_back(std::log2(sum));
  }
}

/// The weighted mean of what the estimate misses by, over exact times; over bounds where there is nothing else.
void CorrectionObjective::find_offsets() {
  const auto tasks = static_cast<std::size_t>(data_.tasks());
  std::vector<double> sum(tasks, 0), weights(tasks, 0);
  const auto programs = data_.programs();
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const Observed seen = data_.observed(programs[i]);
    if (!std::isfinite(seen.time_s)) continue;
    const auto task = static_cast<std::size_t>(programs[i].task);
    const double weight = (seen.at_least ? 1e-6 : 1) * data_.best_s(programs[i].task) / seen.time_s;
    sum[task] += weight * (std::log2(seen.time_s) - log_cycles_[i]);
    weights[task] += weight;
  }
  offset_.assign(tasks, 0);
  for (std::size_t t = 0; t < tasks; ++t)
    if (weights[t] > 0) offset_[t] = sum[t] / weights[t];
}

double corrected_log_cycles(std::span<const double> cycles, std::span<const float> answers) {
  double sum = 0;
  for (std::size_t r = 0; r < cycles.size(); ++r)
    sum += std::max(1.0, cycles[r]) * std::exp2(static_cast<double>(answers[r]));
  return std::log2(sum);
}

}  // namespace tilewright::cost
