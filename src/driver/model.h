#pragma once

#include "compile/schedules.h"
#include "driver/compile.h"
#include "graph/partition.h"
#include "runtime/model/model.h"

namespace tilewright::driver {

/// An ONNX file, read, rewritten and cut into tasks; a workload is one task. Errors: Error(bad_input).
graph::Partition partition_of(const std::string& input, const graph::ImportOptions& import);

/// The distinct tuning tasks of an ONNX model, in the order in which the model first runs them, computed directly; of a
/// workload, the one that it is.
/// Errors: Error(bad_input) for a model that can't be read or compiled, or a workload that can't be.
std::vector<task::Task> tasks_of(const std::string& input, const graph::ImportOptions& import);

/// The same with the other ways to compute each. Errors: as above.
struct TaskList {
  std::vector<task::Task> tasks;                     ///< each followed by those that compete with it
  std::vector<compile::AlgorithmChoice> algorithms;  ///< nothing is known of their times
};
TaskList tasks_of(const std::string& input, const graph::ImportOptions& import,
                  const graph::AlgorithmOptions& algorithms);

/// The network that INPUT names, with the algorithms and schedules that it is compiled with. Errors: as partition_of,
/// and as those of compile::Schedules.
compile::ScheduledNetwork schedule_network(const std::string& input, const graph::ImportOptions& import,
                                           const compile::ScheduleChoice& choice, const target::TargetSpec& target,
                                           int threads);

/// The model that INPUT names, ready to run with `threads` threads: loaded if it is compiled, else compiled on the spot
/// for the target. Errors: Error(bad_input).
runtime::Model obtain_model(const std::string& input, const graph::ImportOptions& import,
                            const compile::ScheduleChoice& schedules, const target::TargetSpec& target, int threads);

}  // namespace tilewright::driver
