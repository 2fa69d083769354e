#include "driver/model.h"

#include "driver/input.h"
#include "graph/compile.h"
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

runtime::Model obtain_model(const std::string& input, const graph::ImportOptions& import, const ScheduleChoice& choice,
                            const codegen::Target& target, int threads) {
  if (kind_of(input) == InputKind::compiled) return runtime::Model::load(input);
  Schedules schedules(choice, target, threads);
  return graph::compile(partition_of(input, import), std::ref(schedules), target);
}

}  // namespace tilewright::driver
