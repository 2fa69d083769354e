#include "search/policy/mutation_policy.h"

#include <numeric>

#include "base/error.h"
#include "search/policy/mutation_policy_adaptive.h"
#include "search/policy/mutation_policy_learned.h"

namespace tilewright::search {

std::unique_ptr<MutationPolicy> make_mutation_policy(std::string_view name, const space::SearchSpace& space,
                                                     PolicyMemory& memory) {
  const MutationInfos mutations = space.mutations();
  if (name == "fixed") {
    std::vector<double> odds;
    for (const auto& rule : mutations) odds.push_back(rule.odds);
    return std::make_unique<FixedMutationPolicy>(std::move(odds));
  }
  if (name == "adaptive") return std::make_unique<AdaptiveMutationPolicy>(static_cast<int>(mutations.size()));
  if (name == "learned") return std::make_unique<LearnedMutationPolicy>(mutations, space.hardware(), memory);
  throw Error(Code::usage, "mutation policy {} is not known; there are: fixed, adaptive, learned", name);
}

int draw_by_odds(std::span<const double> odds, Rng& rng) {
  double left = rng.uniform() * std::accumulate(odds.begin(), odds.end(), 0.0);
  int last = 0;
  for (int i = 0; i < std::ssize(odds); ++i) {
    const double share = odds[static_cast<std::size_t>(i)];
    if (share <= 0) continue;
    last = i;
    if (left < share) return i;
    left -= share;
  }
  return last;
}

FixedMutationPolicy::FixedMutationPolicy(std::vector<double> odds) : odds_(std::move(odds)) {
  TW_CHECK(std::accumulate(odds_.begin(), odds_.end(), 0.0) > 0, "no mutation rule has odds above 0");
}

}  // namespace tilewright::search
