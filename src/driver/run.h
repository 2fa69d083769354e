#pragma once

#include <optional>

#include "driver/compare.h"
#include "driver/compile.h"
#include "driver/tensors/feeds.h"

namespace tilewright::driver {

struct RunRequest {
  std::string input;  ///< an ONNX file, compiled on the spot, or a compiled model
  graph::ImportOptions import;
  compile::ScheduleChoice schedules;  ///< for an ONNX file
  int threads = 0;
  std::uint64_t seed = 0;                       ///< of random inputs
  std::vector<std::filesystem::path> inputs;    ///< .npz and .pb files; none: random inputs
  std::filesystem::path output;                 ///< .npz file for the outputs; empty: not kept
  std::vector<std::filesystem::path> expected;  ///< .npz and .pb files; none: nothing is compared
  double rtol = 1e-3, atol = 0;                 ///< see Comparison
};

struct RunReport {
  std::vector<runtime::Port> outputs;
  double run_s = 0;
  std::optional<Comparison> comparison;
};

/// Runs a model once. Errors: Error(bad_input) for a model or tensors that can't be used, Error(cannot_write).
RunReport run(const RunRequest& request);

}  // namespace tilewright::driver
