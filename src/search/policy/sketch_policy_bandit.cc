#include "search/policy/sketch_policy_bandit.h"

#include <algorithm>
#include <cmath>

namespace tilewright::search {
namespace {

constexpr std::size_t kTimesKept = 48;
constexpr std::size_t kFewTimes = 6;   ///< samples below which a sketch counts as promising as the best
constexpr std::size_t kEnough = 24;    ///< samples before a sketch may be given up
constexpr double kFuture = 256;        ///< samples that giving up looks ahead
constexpr double kWorstLogSpeed = -8;  ///< x of a failed candidate, and of any that is slower
constexpr double kLeastShare = 0.05;
const double kLogBehind = std::log2(0.9);

}  // namespace

void BanditSketchPolicy::observe(std::span<const Outcome> outcomes) {
  for (const Outcome& o : outcomes) {
    const double log_time = std::log2(o.time_s);  // infinite if it failed
    std::deque<double>& window = arms_[static_cast<std::size_t>(o.sketch)];
    window.push_back(log_time);
    if (window.size() > kTimesKept) window.pop_front();
    for (double candidate : {log_time, std::log2(o.best_before_s)}) {
      if (!std::isfinite(candidate)) continue;
      log_best_ = any_ ? std::min(log_best_, candidate) : candidate;
      any_ = true;
    }
  }
}

BanditSketchPolicy::Tail BanditSketchPolicy::tail_of(const std::deque<double>& log_times) const {
  std::vector<double> x;
  for (double log_time : log_times) x.push_back(std::clamp(log_best_ - log_time, kWorstLogSpeed, 0.0));
  std::sort(x.begin(), x.end());
  const std::size_t half = x.size() / 2;
  double excess = 0;
  for (std::size_t i = half; i < x.size(); ++i) excess += x[i] - x[half];
  excess = std::max(0.02, excess / static_cast<double>(x.size() - half));
  return {x[half], excess * (1 + 1 / std::sqrt(static_cast<double>(x.size())))};
}

std::vector<double> BanditSketchPolicy::shares() const {
  std::vector<double> worth(arms_.size(), 0);
  double best = 0;
  for (std::size_t k = 0; k < arms_.size(); ++k) {
    if (arms_[k].size() < kFewTimes) continue;
    const Tail tail = tail_of(arms_[k]);
    const bool hopeless =
        arms_[k].size() >= kEnough && tail.median + tail.excess * std::log(0.5 * kFuture) < kLogBehind;
    if (!hopeless) worth[k] = 0.5 * tail.excess * std::exp(tail.median / tail.excess);
    best = std::max(best, worth[k]);
  }
  for (std::size_t k = 0; k < arms_.size(); ++k)
    if (arms_[k].size() < kFewTimes) worth[k] = best > 0 ? best : 1;
  return with_floor(std::move(worth), kLeastShare);
}

}  // namespace tilewright::search
