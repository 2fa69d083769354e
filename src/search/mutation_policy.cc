#include "search/mutation_policy.h"

#include <algorithm>

#include "base/error.h"

namespace tilewright::search {

std::unique_ptr<MutationPolicy> make_mutation_policy(std::string_view name,
                                                     const std::vector<space::SearchSpace::MutationInfo>& mutations) {
  if (name != "fixed") throw Error(Code::usage, "mutation policy {} is not known; there are: fixed", name);
  std::vector<double> odds;
  for (const auto& rule : mutations) odds.push_back(rule.odds);
  return std::make_unique<FixedMutationPolicy>(odds);
}

FixedMutationPolicy::FixedMutationPolicy(const std::vector<double>& odds) {
  double sum = 0;
  for (double o : odds) cumulative_.push_back(sum += o);
  TW_CHECK(sum > 0, "no mutation rule has odds above 0");
}

int FixedMutationPolicy::choose(const schedule::State&, Rng& rng) const {
  const double draw = rng.uniform() * cumulative_.back();
  return static_cast<int>(std::upper_bound(cumulative_.begin(), cumulative_.end(), draw) - cumulative_.begin());
}

}  // namespace tilewright::search
