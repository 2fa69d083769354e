#pragma once

#include <memory>

#include "tilewright/kernel_abi.h"

namespace tilewright::runtime {

/// Persistent threads that run the parallel loops of kernels: the caller takes part, iterations are cut into one
/// contiguous chunk per thread, workers spin for a while between loops before they sleep.
///
/// The caller runs chunk 0 and thread i chunk i, always, so that caches stay warm from loop to loop. A parallel loop
/// inside a parallel loop runs serially in the thread that meets it. With more threads than allowed cores, or than a
/// control group's quota lets run at once, nobody spins; with more than allowed cores, or under a quota, nothing is
/// pinned.
class ThreadPool {
 public:
  struct Options {
    int threads = 0;  ///< with the caller; 0: available_cores()
    /// Thread i to the i-th of allowed_cores() (base/cores.h); the caller, thread 0, is left as it is.
    bool pin = true;
    bool pin_caller = false;  ///< the caller too, to the first, until the pool is destroyed (on the same thread)
    int spin_us = 2000;       ///< how long an idle worker spins before it sleeps
  };
  /// Errors: Error(usage) if the operating system refuses a thread.
  explicit ThreadPool(const Options& options);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  int threads() const;
  /// The table that kernels are given; valid as long as the pool. One kernel at a time per pool.
  const tw_runtime* runtime() const;
  /// Gives the kernels' workspace memory back. Not while a kernel runs.
  void release_workspace();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tilewright::runtime
