#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "backend/api/backend.h"
#include "base/dtype.h"

namespace tilewright::measure {

/// Tells how fast this machine is, by kernels of our own (machine_kernels.h) that run in a worker process, as
/// candidates do.
/// Errors, of all: Error(nothing_measured) if no worker can be started or a kernel can't be run.
class MachineProbe {
 public:
  /// `threads`: that kernels run with, or as many of them as can run at once. `worker`: as LocalRunner::Options.
  MachineProbe(const backend::TargetRef& target, int threads, const std::filesystem::path& worker = {});
  ~MachineProbe();

  /// Highest speed of independent multiply-adds, GFLOP/s (one counts 2; of integers GOP/s): about 0.15 s. The best of
  /// several windows, as whatever else the machine does can only slow it down.
  double peak_gflops(DType type = DType::f32);
  /// Speed of reading memory, GB/s (1e9 bytes), over four times `last_cache_bytes` (at least 64 MB, at most 512 MB).
  /// The best of several passes.
  double memory_gbs(std::int64_t last_cache_bytes);

  /// Seconds that a short piece of arithmetic and one of reading memory take, several of each: about 10 ms.
  struct Windows {
    std::vector<double> arithmetic_s, memory_s;
  };
  Windows look();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tilewright::measure
