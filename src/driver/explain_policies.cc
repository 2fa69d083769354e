#include "driver/explain_policies.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "search/policy/mutation_policy_learned.h"
#include "search/policy/sketch_policy.h"
#include "space/hardware.h"

namespace tilewright::driver {
namespace {

constexpr std::size_t kReasons = 3;

std::vector<std::pair<std::string, double>> largest(std::vector<std::pair<std::string, double>> reasons) {
  std::ranges::stable_sort(reasons, std::greater<>(), [](const auto& reason) { return std::abs(reason.second); });
  reasons.resize(std::min(reasons.size(), kReasons));
  return reasons;
}

std::vector<std::pair<std::string, double>> reasons_of(const search::MoveModel::Move& move,
                                                       const search::ProgramFeatures& features) {
  std::vector<std::pair<std::string, double>> reasons;
  for (std::size_t i = 1; i < features.size(); ++i)
    if (const double part = move.weights[i] * features[i]; part != 0)
      reasons.emplace_back(search::kProgramFeatures[i], part);
  return largest(std::move(reasons));
}

std::vector<std::pair<std::string, double>> reasons_of(const search::ProgramValue& value,
                                                       const search::ProgramFeatures& before,
                                                       const search::ProgramFeatures& after) {
  std::vector<std::pair<std::string, double>> reasons;
  for (std::size_t i = 0; i < before.size(); ++i) {
    search::ProgramFeatures one = before;
    one[i] = after[i];
    if (one[i] != before[i]) reasons.emplace_back(search::kProgramFeatures[i], value(one) - value(before));
  }
  return largest(std::move(reasons));
}

std::string name_of(const te::Operation& tensor, int loop) {
  const int spatial = static_cast<int>(tensor.axes.size());
  const te::AxisRef& axis = loop < spatial ? tensor.axes[static_cast<std::size_t>(loop)]
                                           : tensor.reduce_axes[static_cast<std::size_t>(loop - spatial)];
  return axis->name;
}

std::string_view name_of(space::AxisRole role) {
  constexpr std::string_view kNames[] = {"vector", "row", "reduction"};
  return kNames[static_cast<int>(role)];
}

std::vector<FactorOpinion> factor_opinions(const search::ProgramValue& value, const schedule::State& state,
                                           const space::Hardware& hardware) {
  constexpr int kDraws = 2000;
  constexpr std::size_t kShown = 8;
  const std::vector<space::TileAxis> axes = space::tile_axes(state);
  const search::ProgramTile tile = search::program_tile(state, axes);
  const search::ProgramFeatures before = search::features_of(tile, hardware);
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::int64_t>, FactorOpinion> opinions;
  Rng rng(0);
  for (int i = 0; i < kDraws; ++i) {
    const auto move = space::draw_tile_move(axes, rng);
    if (!move || axes[move->axis].stage != tile.stage) continue;
    const search::ProgramFeatures after = search::features_of(search::moved(tile, *move, axes), hardware);
    const space::TileAxis& axis = axes[move->axis];
    FactorOpinion opinion{.axis = name_of(*state.stage(axis.stage).tensor, axis.loop),
                          .role = std::string(name_of(axis.role)),
                          .from = move->from,
                          .to = move->to,
                          .factor = move->factor,
                          .gain = value(after) - value(before),
                          .reasons = reasons_of(value, before, after)};
    opinions.try_emplace({move->axis, move->from, move->to, move->factor}, std::move(opinion));
  }
  std::vector<FactorOpinion> best;
  for (auto& [move, opinion] : opinions) best.push_back(std::move(opinion));
  std::ranges::stable_sort(best, std::greater<>(), &FactorOpinion::gain);
  if (best.size() > kShown) best.resize(kShown);
  return best;
}

}  // namespace

PolicyOpinions policy_opinions(const task::Task& task, const schedule::State& state, const target::TargetSpec& target,
                               int threads) {
  const space::Hardware hardware = space::hardware_of(target, threads);
  const space::SearchSpace space(task.dag, hardware, {});
  search::PolicyMemory memory = search::PolicyMemory::trained();
  const search::ProgramFeatures features = search::program_features(state, hardware);
  const search::LearnedMutationPolicy learned(space.mutations(), hardware, memory);
  const std::vector<double> odds = learned.odds(features);

  PolicyOpinions opinions;
  for (std::size_t i = 0; i < odds.size(); ++i) {
    if (odds[i] == 0) continue;
    const search::MoveModel::Move& move = memory.moves.of(space.mutations()[i].name);
    opinions.moves.push_back(
        {space.mutations()[i].name, move.chance(features), move.gain, odds[i], reasons_of(move, features)});
  }
  std::ranges::stable_sort(opinions.moves, std::greater<>(), &MoveOpinion::odds);
  opinions.factors = factor_opinions(learned.value(), state, hardware);
  opinions.sketch_shares = search::make_sketch_policy("q-learning", {space, task, memory, 0})->shares();
  opinions.sketch = space.sketch_of(state);
  return opinions;
}

}  // namespace tilewright::driver
