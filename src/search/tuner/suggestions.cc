#include "search/tuner/suggestions.h"

#include <algorithm>

namespace tilewright::search {

void Suggestions::add(Candidate candidate, double time_s) {
  const auto faster = [](double time, const MeasuredSet::Entry& entry) { return time >= entry.time_s; };
  waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), time_s, faster), {std::move(candidate), time_s});
  if (std::ssize(waiting_) > kMost) waiting_.erase(waiting_.begin());
}

std::vector<Candidate> Suggestions::next(const MeasuredSet& measured, int count) {
  std::vector<Candidate> batch;
  while (!waiting_.empty() && std::ssize(batch) < count) {
    Candidate& candidate = waiting_.back().candidate;
    const auto is_it = [&](const Candidate& other) { return other.hash() == candidate.hash(); };
    if (!measured.contains(candidate.hash()) && std::ranges::none_of(batch, is_it))
      batch.push_back(std::move(candidate));
    waiting_.pop_back();
  }
  return batch;
}

}  // namespace tilewright::search
