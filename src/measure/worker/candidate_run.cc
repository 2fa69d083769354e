#include "measure/worker/candidate_run.h"

#include "measure/worker/loaded_candidate.h"

namespace tilewright::measure {

RunReply run_candidate(TaskBuffers& buffers, runtime::ThreadPool& pool, const RunMessage& message) {
  LoadedCandidate candidate(buffers, pool, message);
  if (candidate.error()) return *candidate.error();
  double warm_up_s = 0;
  if (message.settings.warm_up) {
    const std::optional<double> time_s = candidate.warm_up();
    if (!time_s) return *candidate.error();
    warm_up_s = *time_s;
  }
  RunReply reply;
  if (message.settings.return_outputs) reply.outputs = buffers.outputs();
  RepetitionDecision verdict = RepetitionDecision::repeat;
  while ((verdict = judge(warm_up_s, reply.times_s, message.settings.repetition)) == RepetitionDecision::repeat) {
    const std::optional<double> time_s = candidate.time_once();
    if (!time_s) return *candidate.error();
    reply.times_s.push_back(*time_s);
  }
  reply.cut_short = verdict == RepetitionDecision::cut;
  if (reply.times_s.empty()) {
    reply.times_s = {warm_up_s};
    return reply;
  }
  return candidate.check(" after it was run again") ? reply : *candidate.error();
}

}  // namespace tilewright::measure
