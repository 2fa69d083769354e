#include "cost/random_model.h"

#include <limits>

#include "base/hash.h"
#include "base/parallel_for.h"
#include "base/rng.h"
#include "loop/lower.h"

namespace tilewright::cost {

std::vector<double> RandomCostModel::predict(const task::Task&, std::span<const schedule::State> states) {
  std::vector<double> scores(states.size(), -std::numeric_limits<double>::infinity());
  parallel_for(static_cast<int>(states.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (loop::lower(states[at])) scores[at] = Rng(hash_mix(seed_, schedule::structural_hash(states[at]))).uniform();
  });
  return scores;
}

}  // namespace tilewright::cost
