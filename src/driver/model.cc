#include "driver/model.h"

#include <algorithm>

#include "compile/compile_model.h"
#include "driver/input.h"
#include "driver/target.h"
#include "graph/passes.h"
#include "workload/workload.h"

namespace tilewright::driver {

graph::Partition partition_of(const std::string& input, const graph::ImportOptions& import) {
  if (kind_of(input) == InputKind::workload) {
    workload::Workload workload = workload::parse(input);
    return graph::single_task(std::move(workload.dag), std::move(workload.name));
  }
  return graph::partition(graph::optimize(read_network(input, import).graph));
}

std::vector<task::Task> tasks_of(const std::string& input, const graph::ImportOptions& import) {
  return partition_of(input, import).tasks;
}

TaskList tasks_of(const std::string& input, const graph::ImportOptions& import,
                  const graph::AlgorithmOptions& options) {
  const compile::Algorithms algorithms(partition_of(input, import), options, 0);
  return {algorithms.tasks(), algorithms.choose([](const task::Task&) { return std::nullopt; })};
}

compile::ScheduledNetwork schedule_network(const std::string& input, const graph::ImportOptions& import,
                                           const compile::ScheduleChoice& choice, const target::TargetSpec& target,
                                           int threads) {
  const compile::Schedules schedules(choice, target, threads);
  graph::AlgorithmOptions options = choice.algorithms;
  const bool may_be_direct = std::ranges::find(options.allowed, graph::Algorithm::direct) != options.allowed.end();
  if (!choice.tuned && may_be_direct) options.allowed = {graph::Algorithm::direct};  // no record speaks for others
  return schedules.choose(compile::Algorithms(partition_of(input, import), options, 0));
}

runtime::Model obtain_model(const std::string& input, const graph::ImportOptions& import,
                            const compile::ScheduleChoice& choice, const target::TargetSpec& target, int threads) {
  if (kind_of(input) == InputKind::compiled) return runtime::Model::load(input);
  return compile::compile(schedule_network(input, import, choice, target, threads), with_backend(target));
}

}  // namespace tilewright::driver
