#pragma once

#include "compile/schedules.h"
#include "driver/compile.h"
#include "graph/partition.h"
#include "runtime/model/model.h"

namespace tilewright::driver {

/// An ONNX file, read, rewritten and cut into tasks; a workload is one task. Errors: Error(bad_input).
graph::Partition partition_of(const std::string& input, const graph::ImportOptions& import);

/// A network with each task computed by the algorithm that its records say is fastest (compile/algorithm_choice.h).
struct ChosenNetwork {
  graph::Partition partition;
  std::vector<compile::AlgorithmChoice> algorithms;
};
/// Errors: as partition_of.
ChosenNetwork choose_network(const std::string& input, const graph::ImportOptions& import,
                             const compile::ScheduleChoice& choice, const compile::Schedules& schedules);

/// The model that INPUT names, ready to run with `threads` threads: loaded if it is compiled, else compiled on the spot
/// for the target. Errors: Error(bad_input).
runtime::Model obtain_model(const std::string& input, const graph::ImportOptions& import,
                            const compile::ScheduleChoice& schedules, const target::TargetSpec& target, int threads);

}  // namespace tilewright::driver
