#include "search/evolve/descent.h"

#include <algorithm>
#include <cmath>

#include "search/evolve/neighbour_states.h"

namespace tilewright::search {

std::vector<Candidate> Descent::next(const MeasuredSet& measured, int count, const IsNew& is_new) {
  const auto& best = measured.valid();
  const std::size_t centers = std::min(best.size(), static_cast<std::size_t>(options_.centers));
  for (std::size_t i = 0; i < centers; ++i) {
    const Candidate& center = best[i].candidate;
    if (finished_.contains(center.hash())) continue;
    std::vector<Candidate> batch;
    for (Candidate& c : around(center, measured))
      if (std::ssize(batch) < count && is_new(c)) batch.push_back(std::move(c));
    if (!batch.empty()) return batch;
    finished_.insert(center.hash());
  }
  return {};
}

std::vector<Candidate> Descent::around(const Candidate& center, const MeasuredSet& measured) const {
  const std::vector<backend::ScheduledProgram> near = neighbours(center.state(), target_, vector_lanes_);
  const std::vector<double> scores = model_.predict(task_, near);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < near.size(); ++i)
    if (std::isfinite(scores[i])) candidates.push_back({near[i], center.sketch, -1, center.score, scores[i]});
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  candidates.resize(std::min(candidates.size(), static_cast<std::size_t>(options_.neighbours)));
  std::erase_if(candidates, [&](const Candidate& c) { return measured.contains(c.hash()); });
  return candidates;
}

}  // namespace tilewright::search
