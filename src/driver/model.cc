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

ChosenNetwork choose_network(const std::string& input, const graph::ImportOptions& import,
                             const compile::ScheduleChoice& choice, const compile::Schedules& schedules) {
  graph::AlgorithmOptions options = choice.algorithms;
  const bool may_be_direct = std::ranges::find(options.allowed, graph::Algorithm::direct) != options.allowed.end();
  if (!choice.tuned && may_be_direct) options.allowed = {graph::Algorithm::direct};  // no record speaks for others
  const compile::Algorithms algorithms(partition_of(input, import), options, 0);
  std::vector<compile::AlgorithmChoice> choices =
      algorithms.choose([&](const task::Task& task) { return schedules.time_of(task); });
  graph::Partition partition = algorithms.computed_by(choices);
  return {std::move(partition), std::move(choices)};
}

runtime::Model obtain_model(const std::string& input, const graph::ImportOptions& import,
                            const compile::ScheduleChoice& choice, const target::TargetSpec& target, int threads) {
  if (kind_of(input) == InputKind::compiled) return runtime::Model::load(input);
  compile::Schedules schedules(choice, target, threads);
  return compile::compile(choose_network(input, import, choice, schedules).partition, std::ref(schedules),
                          with_backend(target));
}

}  // namespace tilewright::driver
