#include "search/policy/sketch_policy_q_learning.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"

namespace tilewright::search {
namespace {

constexpr double kDiscount = 0.5;
constexpr double kLeastChance = 0.03;
constexpr double kDoubt = 0.1;  ///< of the cost model, where it puts no candidate of a sketch first
constexpr int kDraws = 128;
constexpr double kMostWon = 3;     ///< log2; the step from a poor default says little about the sketch
constexpr double kMostBehind = 1;  ///< log2; what stays further behind than this is hopeless all the same

struct Tally {
  double log_best = std::numeric_limits<double>::infinity(), cost_s = 0;
  int trials = 0;
};

}  // namespace

QLearningSketchPolicy::QLearningSketchPolicy(const PolicyContext& context)
    : agent_(context.memory.sketches),
      fixed_(sketch_features(context.task, context.space)),
      progress_(fixed_.size()),
      seed_(context.seed) {}

std::vector<SketchFeatures> QLearningSketchPolicy::rows() const {
  std::vector<SketchFeatures> rows;
  for (std::size_t k = 0; k < fixed_.size(); ++k) rows.push_back(with_progress(fixed_[k], progress_[k]));
  return rows;
}

std::vector<double> QLearningSketchPolicy::shares() const {
  Rng rng(hash_mix(seed_, static_cast<std::uint64_t>(batches_)));
  std::vector<double> chances = agent_.chances_to_be_best(rows(), kDraws, rng);
  for (double& chance : chances) chance = std::max(chance, 1e-6);  // the floor is for all
  return with_floor(std::move(chances), kLeastChance);
}

std::vector<double> QLearningSketchPolicy::slots(std::span<const double> ranked_first) const {
  std::vector<double> both = shares();
  for (std::size_t k = 0; k < both.size(); ++k) both[k] *= ranked_first[k] + kDoubt;
  return with_floor(std::move(both), kLeastChance);
}

void QLearningSketchPolicy::observe(std::span<const Outcome> outcomes) {
  ++batches_;
  if (outcomes.empty()) return;
  const std::vector<SketchFeatures> before = rows();
  std::vector<Tally> tallies(fixed_.size());
  double log_before = std::log2(outcomes.front().best_before_s), log_after = log_before;
  for (const Outcome& o : outcomes) {
    Tally& tally = tallies[static_cast<std::size_t>(o.sketch)];
    tally.log_best = std::min(tally.log_best, std::log2(o.time_s));
    tally.cost_s += o.cost_s, cost_s_ += o.cost_s;
    ++tally.trials, ++trials_;
    log_after = std::min(log_after, std::log2(o.time_s));
  }
  const double mean_cost_s = std::max(1e-9, cost_s_ / trials_);
  std::vector<double> rewards(fixed_.size(), 0);
  for (std::size_t k = 0; k < fixed_.size(); ++k) {
    SketchProgress& progress = progress_[k];
    const Tally& tally = tallies[k];
    progress.task_trials = trials_, progress.task_log_best = log_after;
    progress.log_best = std::min(progress.log_best, tally.log_best);
    if (tally.trials == 0) continue;
    progress.trials += tally.trials;
    double ahead = 0;  // of what was best before; nothing can be said of the first
    if (!std::isfinite(tally.log_best))
      ahead = -kMostBehind;
    else if (std::isfinite(log_before))
      ahead = std::clamp(log_before - tally.log_best, -kMostBehind, kMostWon);
    progress.won = std::max(0.0, ahead);
    rewards[k] = ahead > 0 ? ahead / std::max(1.0, tally.cost_s / mean_cost_s) : ahead;
  }
  double next = -std::numeric_limits<double>::infinity();
  for (const SketchFeatures& row : rows()) next = std::max(next, agent_.value(row));
  for (std::size_t k = 0; k < fixed_.size(); ++k)
    if (tallies[k].trials > 0) agent_.learn(before[k], rewards[k] + kDiscount * std::max(0.0, next));
}

}  // namespace tilewright::search
