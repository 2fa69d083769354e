#include "search/policy/mutation_policy_learned.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tilewright::search {
namespace {

constexpr double kOtherOdds = 0.02;
constexpr double kBlind = 0.1;
constexpr int kTries = 24, kStepsUnjudged = 8;
constexpr double kSharpness = 12;
constexpr double kMeasuredWeight = 10;

}  // namespace

LearnedMutationPolicy::LearnedMutationPolicy(const MutationInfos& mutations, const space::Hardware& hardware,
                                             PolicyMemory& memory)
    : hardware_(hardware), value_(memory.values) {
  for (const auto& rule : mutations) {
    const double odds = rule.odds > 0 || rule.moves_factors ? rule.odds : kOtherOdds;
    rules_.push_back({odds, rule.moves_factors, &memory.moves.of(rule.name)});
  }
}

std::vector<double> LearnedMutationPolicy::odds(const ProgramFeatures& parent) const {
  std::vector<double> odds;
  double sum = 0;
  for (const Rule& rule : rules_) {
    odds.push_back(rule.odds * rule.move->chance(parent) * rule.move->gain);
    sum += odds.back();
  }
  for (double& share : odds) share /= sum;
  return odds;
}

MutationPolicy::Choice LearnedMutationPolicy::choose(const Parent& parent, Rng& rng) const {
  std::vector<space::TileAxis> axes = space::tile_axes(parent.state);
  const ProgramTile tile = program_tile(parent.state, axes);
  const ProgramFeatures features = features_of(tile, hardware_);
  Choice choice{.mutation = draw_by_odds(odds(features), rng), .features = features};
  const Rule& rule = rules_[static_cast<std::size_t>(choice.mutation)];
  if (rule.moves_factors && !rng.chance(kBlind))
    choice.retilings = walk(std::move(axes), tile, parent.is_judged ? 1 : kStepsUnjudged, rng);
  return choice;
}

std::vector<space::Retiling> LearnedMutationPolicy::walk(std::vector<space::TileAxis> axes, ProgramTile tile, int steps,
                                                         Rng& rng) const {
  // The largest sum of a logarithm of odds and a Gumbel number is a draw by these odds.
  const auto height = [&](const ProgramTile& at) {
    return kSharpness * value_(features_of(at, hardware_)) - std::log(-std::log(1 - rng.uniform()));
  };
  std::vector<bool> changed(axes.size(), false);
  for (int step = 0; step < steps; ++step) {
    std::optional<space::TileMove> best;
    double highest = step > 0 ? height(tile) : 0;
    for (int i = 0; i < kTries; ++i) {
      const auto move = space::draw_tile_move(axes, rng);
      if (!move) continue;
      const double here = height(moved(tile, *move, axes));
      if ((step == 0 && !best) || here > highest) best = move, highest = here;
    }
    if (!best) break;
    tile = moved(tile, *best, axes);
    axes[best->axis].lengths = space::retiling_of(*best, axes).lengths;
    changed[best->axis] = true;
  }
  std::vector<space::Retiling> retilings;
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (changed[i]) retilings.push_back({axes[i].step, std::move(axes[i].lengths)});
  return retilings;
}

void LearnedMutationPolicy::observe(std::span<const Outcome> outcomes) {
  for (const Outcome& o : outcomes)
    rules_[static_cast<std::size_t>(o.mutation)].move->learn(o.parent, o.gain, o.measured ? kMeasuredWeight : 1);
}

}  // namespace tilewright::search
