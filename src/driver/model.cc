#include "driver/model.h"

#include "driver/input.h"
#include "graph/compile.h"
#include "graph/passes.h"

namespace tilewright::driver {

graph::Partition partition_of(const std::string& input, const graph::ImportOptions& import) {
  return graph::partition(graph::optimize(read_network(input, import).graph));
}

runtime::Model obtain_model(const std::string& input, const graph::ImportOptions& import, const ScheduleChoice& choice,
                            int threads) {
  if (kind_of(input) == InputKind::compiled) return runtime::Model::load(input);
  const codegen::Target target = codegen::Target::host();
  Schedules schedules(choice, target, threads);
  return graph::compile(partition_of(input, import), std::ref(schedules), target);
}

}  // namespace tilewright::driver
