#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "driver/algorithms.h"
#include "graph/onnx_import.h"

namespace tilewright::driver {

/// Which schedules a model is compiled with.
struct ScheduleChoice {
  bool tuned = true;              ///< the best of the record file for each task; else default schedules throughout
  std::filesystem::path records;  ///< empty: the default one (measure/records.h); a missing file has no records
  graph::AlgorithmOptions algorithms = {};  ///< of a network; which one is fastest, the records say
};

struct CompileRequest {
  std::string input;  ///< an ONNX file
  graph::ImportOptions import;
  ScheduleChoice schedules;
  std::string target = "host";
  int threads = 0;  ///< that it will run with; records of as many threads count
  std::filesystem::path output;
};

struct CompileReport {
  int tasks_tuned = 0, tasks_default = 0;
  std::vector<AlgorithmChoice> algorithms;
  double compile_s = 0;
  std::int64_t bytes = 0;  ///< of the file written
};

/// Compiles a model and writes it. Errors: Error(bad_input), Error(usage) for an unknown target, Error(cannot_write);
/// what was at `output` is still there then.
CompileReport compile(const CompileRequest& request);

}  // namespace tilewright::driver
