#include "search/policy/sketch_policy.h"

#include <numeric>

#include "base/error.h"
#include "search/policy/sketch_policy_bandit.h"
#include "search/policy/sketch_policy_q_learning.h"

namespace tilewright::search {

std::unique_ptr<SketchPolicy> make_sketch_policy(std::string_view name, const PolicyContext& context) {
  const int sketches = static_cast<int>(context.space.sketches().size());
  if (name == "uniform") return std::make_unique<UniformSketchPolicy>(sketches);
  if (name == "bandit") return std::make_unique<BanditSketchPolicy>(sketches);
  if (name == "q-learning") return std::make_unique<QLearningSketchPolicy>(context);
  throw Error(Code::usage, "sketch policy {} is not known; there are: uniform, bandit, q-learning", name);
}

std::vector<double> with_floor(std::vector<double> shares, double floor) {
  double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (!(sum > 0)) return std::vector<double>(shares.size(), 1.0 / static_cast<double>(shares.size()));
  double total = 0;
  for (double& share : shares) total += share = share > 0 ? std::max(share / sum, floor) : 0;
  for (double& share : shares) share /= total;
  return shares;
}

}  // namespace tilewright::search
