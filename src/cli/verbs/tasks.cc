#include "driver/tasks.h"

#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/verb.h"

namespace tilewright::cli {
namespace {

nlohmann::json to_json(const std::vector<measure::Task>& tasks) {
  nlohmann::json rows = nlohmann::json::array();
  for (const measure::Task& task : tasks)
    rows.push_back({{"key", task.key}, {"workload", task.description}, {"flops", task.flops}, {"count", task.count}});
  return {{"tasks", std::move(rows)}};
}

void print_text(const std::vector<measure::Task>& tasks) {
  double flops = 0;
  for (const measure::Task& task : tasks) {
    fmt::print("{:>3} x {} {:>9.1f} MFLOP\n", task.count, fitted(task.description, 56), task.flops * 1e-6);
    flops += task.flops * task.count;
  }
  fmt::print("{} tasks, {:.2f} GFLOP in all\n", tasks.size(), flops * 1e-9);
}

}  // namespace

Action declare_tasks(CLI::App& command) {
  const auto model = std::make_shared<ModelArguments>();
  add_model_arguments(command, "MODEL", *model);
  return [model](const Common& common) {
    const std::vector<measure::Task> tasks = driver::tasks_of(model->input, model->import);
    if (common.json)
      print_json(to_json(tasks));
    else
      print_text(tasks);
    return 0;
  };
}

}  // namespace tilewright::cli
