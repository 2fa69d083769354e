#include "driver/explain_policies.h"

#include <algorithm>
#include <cmath>

#include "search/hardware.h"
#include "search/mutation_policy_learned.h"
#include "search/sketch_policy.h"

namespace tilewright::driver {
namespace {

constexpr std::size_t kReasons = 3;

std::vector<std::pair<std::string, double>> reasons_of(const search::MoveModel::Move& move,
                                                       const search::ProgramFeatures& features) {
  std::vector<std::pair<std::string, double>> reasons;
  for (std::size_t i = 1; i < features.size(); ++i)
    if (const double part = move.weights[i] * features[i]; part != 0)
      reasons.emplace_back(search::kProgramFeatures[i], part);
  std::ranges::stable_sort(reasons, std::greater<>(), [](const auto& reason) { return std::abs(reason.second); });
  reasons.resize(std::min(reasons.size(), kReasons));
  return reasons;
}

}  // namespace

PolicyOpinions policy_opinions(const measure::Task& task, const schedule::State& state, const codegen::Target& target,
                               int threads) {
  const space::Hardware hardware = search::hardware_of(target, threads);
  const space::SearchSpace space(task.dag, hardware, {});
  search::PolicyMemory memory = search::PolicyMemory::trained();
  const search::ProgramFeatures features = search::program_features(state, hardware);
  const std::vector<double> odds = search::LearnedMutationPolicy(space.mutations(), hardware, memory).odds(features);

  PolicyOpinions opinions;
  for (std::size_t i = 0; i < odds.size(); ++i) {
    const search::MoveModel::Move& move = memory.moves.of(space.mutations()[i].name);
    opinions.moves.push_back(
        {space.mutations()[i].name, move.chance(features), move.gain, odds[i], reasons_of(move, features)});
  }
  std::ranges::stable_sort(opinions.moves, std::greater<>(), &MoveOpinion::odds);
  opinions.sketch_shares = search::make_sketch_policy("q-learning", {space, task, memory, 0})->shares();
  opinions.sketch = space.sketch_of(state);
  return opinions;
}

}  // namespace tilewright::driver
