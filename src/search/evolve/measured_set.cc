#include "search/evolve/measured_set.h"

#include <algorithm>

#include "search/tuner/result.h"

namespace tilewright::search {

std::vector<backend::ScheduledProgram> programs_of(std::span<const Candidate> candidates) {
  std::vector<backend::ScheduledProgram> programs;
  programs.reserve(candidates.size());
  for (const Candidate& c : candidates) programs.push_back(c.program);
  return programs;
}

void MeasuredSet::add(const Candidate& candidate, double time_s) {
  hashes_.insert(candidate.hash());
  if (!(time_s < kNever)) return;
  const auto slower = [](double time, const Entry& entry) { return time < entry.time_s; };
  Entry entry{candidate, time_s};
  entry.candidate.program.forget_program();
  valid_.insert(std::upper_bound(valid_.begin(), valid_.end(), time_s, slower), std::move(entry));
}

void MeasuredSet::correct(std::uint64_t hash, double time_s) {
  const auto is_it = [&](const Entry& entry) { return entry.candidate.hash() == hash; };
  const auto at = std::find_if(valid_.begin(), valid_.end(), is_it);
  if (at == valid_.end()) return;
  const Candidate candidate = std::move(at->candidate);
  valid_.erase(at);
  add(candidate, time_s);
}

}  // namespace tilewright::search
