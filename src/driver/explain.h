#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "backend/cpu/hot_loop.h"
#include "cost/analytic/analytic_model.h"
#include "driver/compile.h"
#include "driver/explain_policies.h"
#include "records/records.h"
#include "task/task.h"

namespace tilewright::driver {

/// A line of a record file.
struct RecordPlace {
  std::filesystem::path file;
  int line = 1;  ///< the first is 1
};
/// "model.jsonl:17". Errors: Error(usage).
RecordPlace parse_record_place(const std::string& text);

struct ExplainRequest {
  std::string input;  ///< an ONNX file or a workload; may be empty with `record` of a named workload
  graph::ImportOptions import;
  std::optional<RecordPlace> record;  ///< explain this one, of the task of `input` that it belongs to
  compile::ScheduleChoice schedules;  ///< without `record`
  std::string target = "host";
  int threads = 0;
  bool policies = false;  ///< say what the trained policies would try next
};

/// What can hold a program back.
enum class Bound { compute, l1, l2, l3, memory };
std::string_view name_of(Bound bound);  ///< "compute", "L1", …

/// One task's schedule and what the machine makes of it.
struct Explanation {
  task::Task task;
  std::vector<schedule::Step> steps;
  std::string printed;                 ///< the schedule as pseudo-code
  std::string program;                 ///< the loop program
  bool tuned = false;                  ///< from a record, not the default schedule
  std::optional<task::Record> record;  ///< the one asked for
  cpu::HotLoop hot_loop;
  /// Bytes per floating-point operation of the task, by the analytic model: into L1, into L2, into L3.
  double bytes_per_flop[cost::Machine::kLevels] = {};
  double cycles[5] = {};  ///< of one run by the analytic model, per Bound
  Bound bound = Bound::compute;
  std::optional<PolicyOpinions> policies;  ///< if asked for
  double expected_share_of_peak = 0;       ///< by the analytic model, with as many threads
};

/// Explains the chosen schedule of each task of `input`, or one record. Errors: Error(bad_input) for an input or record
/// that can't be read, a record of no known task, one whose schedule does not lower or is too large to compile;
/// Error(usage) for an unknown target.
std::vector<Explanation> explain(const ExplainRequest& request);

}  // namespace tilewright::driver
