#include "measure/timing/repetition.h"

#include <algorithm>
#include <numeric>

namespace tilewright::measure {
namespace {

constexpr double kLongestStall_s = 0.02;  ///< that a run may suffer from other processes
constexpr double kColdFactor = 2;         ///< a first run may be that much slower

bool clearly_slower(double warm_up_s, std::span<const double> times_s, double limit_s) {
  if (times_s.empty()) return warm_up_s > kColdFactor * limit_s + kLongestStall_s;
  const double fastest_s = std::ranges::min(times_s);
  if (fastest_s <= limit_s) return false;
  return times_s.size() >= 2 || warm_up_s > kColdFactor * limit_s || fastest_s > limit_s + kLongestStall_s;
}

}  // namespace

RepetitionDecision judge(double warm_up_s, std::span<const double> times_s, const RepetitionRule& rule) {
  const double total_s = std::accumulate(times_s.begin(), times_s.end(), 0.0);
  const double spent_s = times_s.empty() ? warm_up_s : total_s;
  const double limit_s = rule.cut_ratio * rule.incumbent_s;
  if (spent_s >= rule.least_time_s && clearly_slower(warm_up_s, times_s, limit_s)) return RepetitionDecision::cut;
  if (times_s.empty()) return RepetitionDecision::repeat;
  const int runs = static_cast<int>(times_s.size());
  if (total_s >= rule.max_time_s || runs >= rule.max_runs) return RepetitionDecision::enough;
  return runs >= rule.min_runs && total_s >= rule.least_time_s ? RepetitionDecision::enough
                                                               : RepetitionDecision::repeat;
}

}  // namespace tilewright::measure
