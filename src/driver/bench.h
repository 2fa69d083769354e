#pragma once

#include "driver/compile.h"

namespace tilewright::driver {

struct BenchRequest {
  std::string input;  ///< an ONNX file, compiled on the spot, or a compiled model
  graph::ImportOptions import;
  compile::ScheduleChoice schedules;  ///< for an ONNX file
  int threads = 0;
  std::uint64_t seed = 0;       ///< of the random inputs
  std::string target = "host";  ///< for an ONNX file; this machine must be able to run its code
  double seconds = 3;           ///< to spend on timed runs; at least a few are made
  bool profile = false;         ///< say where the time of a run goes
};

/// The calls of one kernel: the same code, on other tensors.
struct KernelTime {
  std::string description;
  int calls = 0;        ///< in a run
  double median_s = 0;  ///< of all of them together
};

struct BenchReport {
  double median_s = 0, p95_s = 0, min_s = 0;  ///< of a run
  int runs = 0;
  std::vector<KernelTime> kernels;  ///< if asked for, the one that takes longest first
  double flops = 0;                 ///< of one run
  double peak_gflops = 0;           ///< of the target, with as many threads
  double gflops() const { return flops / median_s * 1e-9; }
  double share_of_peak() const { return gflops() / peak_gflops; }
};

/// Times a model on random inputs, after runs that warm it up. Errors: Error(bad_input).
BenchReport bench(const BenchRequest& request);

}  // namespace tilewright::driver
