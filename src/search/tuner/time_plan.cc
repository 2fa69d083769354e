#include "search/tuner/time_plan.h"

#include <algorithm>
#include <cmath>

namespace tilewright::search {

void TimePlan::note_default(double seconds) { default_s_ = std::max(default_s_, seconds); }

void TimePlan::note_round(std::size_t task, int candidates, double measuring_s, double other_s) {
  if (candidates < kLeastCandidates) return;  // what is done once for all of them would count for too much
  rounds_[task] = Round{measuring_s / candidates, other_s};
  dearest_.per_candidate_s = std::max(dearest_.per_candidate_s, rounds_[task]->per_candidate_s);
  dearest_.other_s = std::max(dearest_.other_s, rounds_[task]->other_s);
}

/// The last re-measurement counts most; one that was quick makes the next no bolder than half of the way there.
void TimePlan::note_contest(double expected_s, double actual_s) {
  if (expected_s <= 0) return;
  const double ratio = actual_s / expected_s;
  remeasurement_ratio_ = std::max(ratio, (remeasurement_ratio_ + ratio) / 2);
}

int TimePlan::candidates_within(double left_s, std::size_t task, int wanted) const {
  const Round& cost = rounds_[task] ? *rounds_[task] : dearest_;
  const double measuring_s = left_s - cost.other_s;
  if (measuring_s <= 0) return 0;
  if (cost.per_candidate_s * wanted <= measuring_s) return wanted;
  const int fitting = static_cast<int>(measuring_s / cost.per_candidate_s);
  return fitting >= std::min(kLeastCandidates, wanted) ? fitting : 0;
}

}  // namespace tilewright::search
