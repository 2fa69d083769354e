#pragma once

#include "measure/protocol/messages.h"
#include "measure/worker/task_buffers.h"
#include "runtime/cpu/thread_pool.h"

namespace tilewright::measure {

/// Times several candidates in turns, one run each, round after round, so that whatever the machine does meanwhile hits
/// all alike. Every round begins with the next one, so that none always follows the same.
///
/// Before the first round each is run once and its outputs are checked; they are checked again after the first round.
/// One that fails leaves the re-measurement. Rounds go on until the settings' max_time_s is used up, after at least
/// min_runs and at most max_runs of them. Replies are in the order of the message.
RemeasureReply run_remeasurement(TaskBuffers& buffers, runtime::ThreadPool& pool, const RemeasureMessage& message);

}  // namespace tilewright::measure
