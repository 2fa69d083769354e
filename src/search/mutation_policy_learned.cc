#include "search/mutation_policy_learned.h"

namespace tilewright::search {
namespace {

constexpr double kBlind = 0.1;
constexpr double kMeasuredWeight = 10;

}  // namespace

LearnedMutationPolicy::LearnedMutationPolicy(const MutationInfos& mutations, MoveModel& model) {
  for (const auto& rule : mutations) moves_.push_back(&model.of(rule.name));
}

std::vector<double> LearnedMutationPolicy::odds(const ProgramFeatures& parent) const {
  std::vector<double> odds;
  double sum = 0;
  for (const MoveModel::Move* move : moves_) {
    odds.push_back(move->chance(parent) * move->gain);
    sum += odds.back();
  }
  const double blind = kBlind / static_cast<double>(odds.size());
  for (double& share : odds) share = blind + (1 - kBlind) * share / sum;
  return odds;
}

int LearnedMutationPolicy::choose(const ProgramFeatures& parent, Rng& rng) const {
  return draw_by_odds(odds(parent), rng);
}

void LearnedMutationPolicy::observe(std::span<const Outcome> outcomes) {
  for (const Outcome& o : outcomes)
    moves_[static_cast<std::size_t>(o.mutation)]->learn(o.parent, o.gain, o.measured ? kMeasuredWeight : 1);
}

}  // namespace tilewright::search
