#pragma once

#include "measure/protocol/messages.h"
#include "measure/worker/task_buffers.h"
#include "runtime/cpu/thread_pool.h"

namespace tilewright::measure {

/// Runs one candidate and times it. Any run that takes longer than the time limit ends this process by SIGALRM.
///
/// 1. One warm-up run, not among the times: it touches the memory. Its outputs are checked. Left out on request.
/// 2. Timed runs until they are enough (repetition.h). With flush_caches the arguments are out of the caches before
///    each, else they are as the run before left them. What is cut by its warm-up alone has that for its time.
/// 3. The outputs are checked again: a kernel that depends on what its outputs held, or has a race, may show only now.
RunReply run_candidate(TaskBuffers& buffers, runtime::ThreadPool& pool, const RunMessage& message);

}  // namespace tilewright::measure
