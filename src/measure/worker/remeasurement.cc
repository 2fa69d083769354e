#include "measure/worker/remeasurement.h"

#include <chrono>
#include <deque>

#include "measure/worker/loaded_candidate.h"

namespace tilewright::measure {

RemeasureReply run_remeasurement(TaskBuffers& buffers, runtime::ThreadPool& pool, const RemeasureMessage& message) {
  std::deque<LoadedCandidate> candidates;
  for (const RunMessage& candidate : message.candidates) candidates.emplace_back(buffers, pool, candidate);
  for (LoadedCandidate& candidate : candidates)
    if (!candidate.error()) candidate.warm_up();

  RemeasureReply reply;
  reply.candidates.resize(candidates.size());
  const RepetitionRule& rule = message.rule;
  const auto begin = std::chrono::steady_clock::now();
  const auto spent_s = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  for (int round = 0; round < rule.max_runs && (round < rule.min_runs || spent_s() < rule.max_time_s); ++round) {
    for (std::size_t turn = 0; turn < candidates.size(); ++turn) {
      const std::size_t i = (static_cast<std::size_t>(round) + turn) % candidates.size();
      LoadedCandidate& candidate = candidates[i];
      if (candidate.error()) continue;
      const std::optional<double> time_s = candidate.time_once();
      if (!time_s || (round == 0 && !candidate.check(" after it was run again"))) continue;
      reply.candidates[i].times_s.push_back(*time_s);
    }
  }
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (candidates[i].error()) reply.candidates[i] = *candidates[i].error();
  return reply;
}

}  // namespace tilewright::measure
