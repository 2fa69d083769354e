#include "cost/random_model.h"

#include <limits>

#include "base/hash.h"
#include "base/parallel_for.h"
#include "base/rng.h"

namespace tilewright::cost {

std::vector<double> RandomCostModel::predict(const task::Task&, std::span<const backend::ScheduledProgram> programs) {
  std::vector<double> scores(programs.size(), -std::numeric_limits<double>::infinity());
  parallel_for(static_cast<int>(programs.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (programs[at].program()) scores[at] = Rng(hash_mix(seed_, programs[at].hash())).uniform();
    programs[at].forget_program();
  });
  return scores;
}

}  // namespace tilewright::cost
