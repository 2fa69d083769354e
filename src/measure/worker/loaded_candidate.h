#pragma once

#include <memory>

#include "measure/protocol/messages.h"
#include "measure/worker/task_buffers.h"
#include "runtime/cpu/object_loader.h"
#include "runtime/cpu/thread_pool.h"

namespace tilewright::measure {

/// One candidate's kernel, loaded and called on the task's buffers, with its constants laid out as it takes them. Any
/// run that takes longer than the time limit ends this process by SIGALRM.
class LoadedCandidate {
 public:
  /// `buffers` and `pool` must outlive it. What can't be loaded has an error, and must not be run.
  LoadedCandidate(TaskBuffers& buffers, runtime::ThreadPool& pool, const RunMessage& message);
  const std::optional<RunReply>& error() const { return error_; }

  /// Runs it once on poisoned outputs and checks what it wrote. Returns the time; nothing if it failed: see error().
  std::optional<double> warm_up();
  /// Runs it with the caches as the settings want them. Returns the time; nothing if the kernel failed: see error().
  std::optional<double> time_once();
  /// Checks the outputs of the run before; `when` ends the text of what is wrong. False if they are: see error().
  bool check(const char* when);

 private:
  std::optional<double> call();

  TaskBuffers& buffers_;
  runtime::ThreadPool& pool_;
  const RunSettings settings_;
  const std::vector<PackedArgument> packed_;
  std::shared_ptr<const runtime::LoadedObject> object_;
  tw_kernel kernel_ = nullptr;
  std::optional<RunReply> error_;
};

}  // namespace tilewright::measure
