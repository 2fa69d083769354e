#include "search/policy/mutation_policy_adaptive.h"

#include <algorithm>
#include <functional>

namespace tilewright::search {
namespace {

constexpr std::size_t kAttemptsKept = 150;
constexpr std::size_t kFewAttempts = 10;  ///< attempts below which a rule counts as good as the average
constexpr double kLeastOdds = 0.02;       ///< as long as there are fewer than 50 rules
constexpr int kTimesMeasured = 10;

double credit_of(const std::deque<double>& window) {
  std::vector<double> gains(window.begin(), window.end());
  const auto best = std::max<std::ptrdiff_t>(1, std::ssize(gains) / 10);
  std::partial_sort(gains.begin(), gains.begin() + best, gains.end(), std::greater<>());
  double sum = 0;
  for (std::ptrdiff_t i = 0; i < best; ++i) sum += gains[static_cast<std::size_t>(i)];
  return sum / static_cast<double>(best);
}

}  // namespace

AdaptiveMutationPolicy::AdaptiveMutationPolicy(int rules)
    : windows_(static_cast<std::size_t>(rules)), odds_(static_cast<std::size_t>(rules), 1.0) {}

void AdaptiveMutationPolicy::observe(std::span<const Outcome> outcomes) {
  for (const Outcome& o : outcomes) {
    std::deque<double>& window = windows_[static_cast<std::size_t>(o.mutation)];
    for (int i = 0; i < (o.measured ? kTimesMeasured : 1); ++i) window.push_back(std::max(0.0, o.gain));
    while (window.size() > kAttemptsKept) window.pop_front();
  }
  std::vector<double> credits(windows_.size(), -1);
  double sum = 0;
  int known = 0;
  for (std::size_t i = 0; i < windows_.size(); ++i)
    if (windows_[i].size() >= kFewAttempts) sum += credits[i] = credit_of(windows_[i]), ++known;
  const double average = known > 0 && sum > 0 ? sum / known : 1;
  double total = 0;
  for (double& credit : credits) total += credit = credit < 0 ? average : credit;
  if (!(total > 0)) {
    odds_.assign(odds_.size(), 1.0);
    return;
  }
  const double free = 1 - kLeastOdds * static_cast<double>(odds_.size());
  for (std::size_t i = 0; i < odds_.size(); ++i) odds_[i] = kLeastOdds + std::max(0.0, free) * credits[i] / total;
}

}  // namespace tilewright::search
