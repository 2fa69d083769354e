#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/dtype.h"

namespace tilewright::driver {

/// This machine, described and measured.
struct MachineReport {
  std::string cpu;                                         ///< as the processor calls itself
  std::string target;                                      ///< TargetSpec::fingerprint()
  std::vector<std::string> features;                       ///< LLVM's names
  int cores = 1;                                           ///< that this process may use
  std::int64_t l1d_bytes = 0, l2_bytes = 0, l3_bytes = 0;  ///< of one core, what it shares included; 0: none found
  int threads = 1;                                         ///< that peak and memory speed were measured with
  double peak_gflops = 0, peak_gflops_1 = 0;               ///< f32, with all threads and with one
  std::vector<std::pair<DType, double>> peaks;             ///< GFLOP/s or GOP/s by type, with all threads
  double memory_gbs = 0;
};

/// Takes about a second. `target`: which instructions may be used; Errors: as parse_target_to_run. `threads` 0: all
/// available cores.
MachineReport describe_machine(int threads, const std::string& target = "host");

/// `threads`, or all available cores for 0.
int resolve_threads(int threads);

}  // namespace tilewright::driver
