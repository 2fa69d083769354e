#include "driver/tasks.h"

#include "driver/model.h"

namespace tilewright::driver {

std::vector<measure::Task> tasks_of(const std::string& input, const graph::ImportOptions& import) {
  return partition_of(input, import).tasks;
}

}  // namespace tilewright::driver
