#include "measure/repetition.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

namespace tilewright::measure {
namespace {

constexpr double kLongestStall_s = 0.02;  ///< that a run may suffer from other processes
constexpr double kLeast_s = 1e-3;         ///< less time than this says nothing: an interrupt takes as long
constexpr double kColdFactor = 2;         ///< a first run may be that much slower

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// Student's t that a sample of `runs` >= 2 exceeds by chance in one case of 20.
double t_95(std::size_t runs) {
  constexpr double kTable[] = {6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812};
  const std::size_t freedom = runs - 1;
  return freedom <= std::size(kTable) ? kTable[freedom - 1] : 1.645 + 1.6 / static_cast<double>(freedom);
}

bool clearly_slower(double warm_up_s, std::span<const double> times_s, double limit_s) {
  if (times_s.empty()) return warm_up_s > kColdFactor * limit_s + kLongestStall_s;
  const double fastest_s = std::ranges::min(times_s);
  if (fastest_s <= limit_s) return false;
  return times_s.size() >= 2 || warm_up_s > kColdFactor * limit_s || fastest_s > limit_s + kLongestStall_s;
}

}  // namespace

Estimate estimate(std::span<const double> times_s) {
  if (times_s.empty()) return {};
  std::vector<double> values(times_s.begin(), times_s.end());
  const double middle = median(values);
  for (double& value : values) value = std::abs(value - middle);
  return {middle, 1.2533 * 1.4826 * median(std::move(values)) / std::sqrt(static_cast<double>(times_s.size()))};
}

Verdict judge(double warm_up_s, std::span<const double> times_s, const RepetitionRule& rule) {
  const double total_s = std::accumulate(times_s.begin(), times_s.end(), 0.0);
  const double spent_s = times_s.empty() ? warm_up_s : total_s;
  if (spent_s >= kLeast_s && clearly_slower(warm_up_s, times_s, rule.cut_ratio * rule.incumbent_s)) return Verdict::cut;
  if (times_s.empty()) return Verdict::repeat;
  const int runs = static_cast<int>(times_s.size());
  if (total_s >= rule.max_time_s || runs >= rule.max_runs) return Verdict::enough;
  if (runs < std::max(rule.min_runs, 2) || total_s < kLeast_s) return Verdict::repeat;
  const Estimate known = estimate(times_s);
  const bool exact = known.error_s <= rule.precision * known.median_s;
  const bool loses = known.median_s - rule.incumbent_s > t_95(times_s.size()) * known.error_s;
  return exact || loses ? Verdict::enough : Verdict::repeat;
}

}  // namespace tilewright::measure
