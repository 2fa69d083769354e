#include "cost_model/rank_quality.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace tilewright {
namespace {

/// Positions by descending value.
std::vector<std::size_t> order(std::span<const double> values) {
  std::vector<std::size_t> positions(values.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  std::stable_sort(positions.begin(), positions.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return positions;
}

/// Ranks with ties given their mean.
std::vector<double> ranks(std::span<const double> values) {
  const std::vector<std::size_t> sorted = order(values);
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    while (end < sorted.size() && values[sorted[end]] == values[sorted[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) result[sorted[k]] = static_cast<double>(i + end - 1) / 2;
    i = end;
  }
  return result;
}

std::vector<double> speeds(std::span<const double> times_s) {
  std::vector<double> speed;
  for (double t : times_s) speed.push_back(1 / t);
  return speed;
}

}  // namespace

double rank_correlation(std::span<const double> scores, std::span<const double> times_s) {
  if (scores.size() < 2) return 0;
  const std::vector<double> a = ranks(scores), b = ranks(speeds(times_s));
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean) * (b[i] - mean);
    aa += (a[i] - mean) * (a[i] - mean), bb += (b[i] - mean) * (b[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

double recall(std::span<const double> scores, std::span<const double> times_s, int top, int chosen) {
  const auto size = static_cast<int>(scores.size());
  top = std::min(top, size), chosen = std::min(chosen, size);
  if (top == 0) return 0;
  const std::vector<std::size_t> fastest = order(speeds(times_s)), best = order(scores);
  int found = 0;
  for (int i = 0; i < top; ++i)
    found +=
        std::find(best.begin(), best.begin() + chosen, fastest[static_cast<std::size_t>(i)]) != best.begin() + chosen
            ? 1
            : 0;
  return static_cast<double>(found) / top;
}

double best_of(std::span<const double> scores, std::span<const double> times_s, int chosen) {
  if (scores.empty()) return 0;
  const std::vector<std::size_t> best = order(scores);
  double least = HUGE_VAL;
  for (std::size_t i = 0; i < std::min(best.size(), static_cast<std::size_t>(chosen)); ++i)
    least = std::min(least, times_s[best[i]]);
  return *std::min_element(times_s.begin(), times_s.end()) / least;
}

}  // namespace tilewright
