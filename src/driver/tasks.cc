#include "driver/tasks.h"

#include "driver/model.h"

namespace tilewright::driver {

std::vector<task::Task> tasks_of(const std::string& input, const graph::ImportOptions& import) {
  return partition_of(input, import).tasks;
}

TaskList tasks_of(const std::string& input, const graph::ImportOptions& import,
                  const graph::AlgorithmOptions& options) {
  const compile::Algorithms algorithms(partition_of(input, import), options, 0);
  return {algorithms.tasks(), algorithms.choose([](const task::Task&) { return std::nullopt; })};
}

}  // namespace tilewright::driver
