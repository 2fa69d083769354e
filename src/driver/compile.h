#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "compile/algorithm_choice.h"
#include "compile/schedules.h"
#include "graph/onnx_import.h"

namespace tilewright::driver {

struct CompileRequest {
  std::string input;  ///< an ONNX file
  graph::ImportOptions import;
  compile::ScheduleChoice schedules;
  std::string target = "host";
  int threads = 0;  ///< that it will run with; records of as many threads count
  std::filesystem::path output;
};

struct CompileReport {
  int tasks_tuned = 0, tasks_default = 0;
  std::vector<compile::AlgorithmChoice> algorithms;
  double compile_s = 0;
  std::int64_t bytes = 0;  ///< of the file written
};

/// Compiles a model and writes it. Errors: Error(bad_input), Error(usage) for an unknown target, Error(cannot_write);
/// what was at `output` is still there then.
CompileReport compile(const CompileRequest& request);

}  // namespace tilewright::driver
