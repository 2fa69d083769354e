#include "lab/statistics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/quantile.h"
#include "base/rng.h"

namespace tilewright::lab {
namespace {

constexpr int kResamples = 2000;

using Sample = std::vector<const Run*>;
/// The runs of one input: baseline, variant.
struct Pair {
  Sample baseline, variant;
};
/// Log of a ratio, variant / baseline.
using Metric = std::function<double(const Pair&)>;

template <class F>
double mean(const Sample& runs, const F& f) {
  double sum = 0;
  for (const Run* run : runs) sum += f(*run);
  return sum / static_cast<double>(runs.size());
}

double target_of(const Pair& pair) {
  std::vector<double> finals;
  for (const Run* run : pair.baseline) finals.push_back(run->best_s);
  return median(std::move(finals));
}

double log_cost_ratio(const Pair& pair, bool by_trials) {
  const double target_s = target_of(pair);
  const auto cost = [&](const Run& run) {
    const search::CurvePoint* point = reach(run, target_s);
    if (by_trials) return std::log(point ? point->trial : run.trials);
    return std::log(std::max(1e-6, point ? point->wall_s : run.wall_s));
  };
  return mean(pair.variant, cost) - mean(pair.baseline, cost);
}

double log_speed_ratio(const Pair& pair) {
  const auto time = [](const Run& run) { return std::log(run.best_s); };
  return mean(pair.baseline, time) - mean(pair.variant, time);
}

double over_inputs(const std::vector<Pair>& pairs, const Metric& metric) {
  double sum = 0;
  for (const Pair& pair : pairs) sum += metric(pair);
  return std::exp(sum / static_cast<double>(pairs.size()));
}

Sample resampled(const Sample& runs, Rng& rng) {
  Sample drawn;
  for (std::size_t i = 0; i < runs.size(); ++i)
    drawn.push_back(runs[static_cast<std::size_t>(rng.below(std::ssize(runs)))]);
  return drawn;
}

Interval interval(const std::vector<Pair>& pairs, const Metric& metric) {
  Rng rng(1);
  std::vector<double> values;
  for (int i = 0; i < kResamples; ++i) {
    std::vector<Pair> drawn;
    for (const Pair& pair : pairs) drawn.push_back({resampled(pair.baseline, rng), resampled(pair.variant, rng)});
    values.push_back(over_inputs(drawn, metric));
  }
  return {over_inputs(pairs, metric), quantile(values, 0.025), quantile(values, 0.975)};
}

}  // namespace

Results in_judged_time(Results results) {
  std::set<std::string> in_part;
  for (const Run& run : results.runs)
    if (!run.judged_s) in_part.insert(run.key.input);
  for (Run& run : results.runs) {
    if (in_part.contains(run.key.input)) continue;
    const double scale = *run.judged_s / run.best_s;
    for (search::CurvePoint& point : run.curve) point.best_s *= scale;
    run.best_s = *run.judged_s;
  }
  return results;
}

const search::CurvePoint* reach(const Run& run, double target_s) {
  for (const search::CurvePoint& point : run.curve)
    if (point.best_s <= target_s * (1 + 1e-9)) return &point;
  return nullptr;
}

double log_area(const Run& run) {
  double sum = 0;
  int from = 0;
  for (std::size_t i = 0; i < run.curve.size(); ++i) {
    const int to = i + 1 < run.curve.size() ? run.curve[i + 1].trial : std::max(run.trials, run.curve[i].trial);
    const int begin = i == 0 ? 0 : run.curve[i].trial;  // before the first time is known, that time
    sum += (to - begin) * std::log2(run.curve[i].best_s);
    from = to;
  }
  return from > 0 ? sum / from : std::log2(run.best_s);
}

double noise_of_runs(const std::vector<Run>& runs) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> defaults;
  for (const Run& run : runs) defaults[{run.key.input, run.key.space}].push_back(run.default_s);
  double worst = 0;
  for (const auto& [key, times] : defaults)
    if (times.size() > 2) worst = std::max(worst, quantile(times, 0.95) / quantile(times, 0.05) - 1);
  return worst;
}

Comparison compare(const std::vector<Run>& runs, const std::string& space, const std::string& baseline,
                   const std::string& variant, const std::string& only_input) {
  std::map<std::string, Pair> by_input;
  for (const Run& run : runs) {
    if (run.key.space != space || (!only_input.empty() && run.key.input != only_input)) continue;
    if (run.key.variant == baseline) by_input[run.key.input].baseline.push_back(&run);
    if (run.key.variant == variant) by_input[run.key.input].variant.push_back(&run);
  }
  Comparison result{.space = space, .variant = variant};
  std::vector<Pair> pairs;
  for (auto& [input, pair] : by_input) {
    if (pair.baseline.empty() || pair.variant.empty()) continue;
    const double target_s = target_of(pair);
    for (const Run* run : pair.variant) result.reached += reach(*run, target_s) != nullptr;
    for (const Run* run : pair.baseline) result.baseline_reached += reach(*run, target_s) != nullptr;
    result.runs += static_cast<int>(pair.variant.size());
    pairs.push_back(std::move(pair));
  }
  result.inputs = static_cast<int>(pairs.size());
  if (pairs.empty()) return result;
  result.time = interval(pairs, [](const Pair& pair) { return log_cost_ratio(pair, false); });
  result.trials = interval(pairs, [](const Pair& pair) { return log_cost_ratio(pair, true); });
  result.speed = interval(pairs, log_speed_ratio);
  result.area = interval(pairs, [](const Pair& pair) {
    return (mean(pair.baseline, log_area) - mean(pair.variant, log_area)) * std::log(2.0);
  });
  return result;
}

}  // namespace tilewright::lab
