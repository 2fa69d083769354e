#pragma once

#include "measure/protocol.h"
#include "measure/worker/task_buffers.h"
#include "runtime/thread_pool.h"

namespace tilewright::measure {

/// Runs one candidate and times it. Any run that takes longer than the time limit ends this process by SIGALRM.
///
/// 1. One warm-up run, not among the times: it touches the memory. Its outputs are checked.
/// 2. Timed runs until they add up to min_time_s, or there are max_runs of them. With flush_caches the arguments are
///    out of the caches before each, else they are as the run before left them.
/// 3. The outputs are checked again: a kernel that depends on what its outputs held, or has a race, may show only now.
///
/// A candidate is cut short when it is clearly slower than the incumbent: when the warm-up run alone takes twice
/// cut_ratio times as long (a first run is up to twice as slow as later ones; then that is its time), or when the
/// fastest of its timed runs, at least kLeastBeforeCut of them together, takes longer than cut_ratio times the
/// incumbent.
RunReply run_candidate(TaskBuffers& buffers, runtime::ThreadPool& pool, const RunMessage& message);

}  // namespace tilewright::measure
