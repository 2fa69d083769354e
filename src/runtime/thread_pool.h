#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tilewright/kernel_abi.h"

namespace tilewright::runtime {

/// Cores that this process may use: affinity mask and cgroup CPU quota honoured, TILEWRIGHT_NUM_THREADS overrides. >= 1.
int available_cores();

/// Persistent threads that run the parallel loops of kernels: the caller takes part, iterations are cut into one
/// contiguous chunk per thread, workers spin for a while between loops before they sleep.
class ThreadPool {
 public:
  struct Options {
    int threads = 0;        ///< with the caller; 0: available_cores()
    bool pin = true;        ///< one allowed core per thread, the caller's left as it is
    int spin_us = 2000;     ///< how long an idle worker spins before it sleeps
  };
  explicit ThreadPool(const Options& options);
  ~ThreadPool();
  int threads() const;
  /// The table that kernels are given; valid as long as the pool. One kernel at a time per pool.
  const tw_runtime* runtime() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tilewright::runtime
