#include "cli/algorithm_arguments.h"
#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "driver/model.h"

namespace tilewright::cli {
namespace {

struct TasksFlags {
  ModelArguments model;
  AlgorithmArguments algorithms;
};

nlohmann::json to_json(const driver::TaskList& list) {
  nlohmann::json rows = nlohmann::json::array();
  for (const task::Task& task : list.tasks) {
    rows.push_back({{"key", task.key}, {"workload", task.description}, {"flops", task.flops}, {"count", task.count}});
    if (!task.alternative_of.empty()) rows.back()["competes_with"] = task.alternative_of;
  }
  return {{"tasks", std::move(rows)}, {"algorithms", algorithms_to_json(list.algorithms)}};
}

void print_text(const driver::TaskList& list) {
  double flops = 0;
  int others = 0;
  for (const task::Task& task : list.tasks) {
    const bool is_other = !task.alternative_of.empty();
    fmt::print("{:>5} {} {:>9.1f} MFLOP\n", is_other ? "or" : fmt::format("{} x", task.count),
               fitted(task.description, 56), task.flops * 1e-6);
    flops += is_other ? 0 : task.flops * task.count;
    others += is_other ? 1 : 0;
  }
  fmt::print("{} tasks, {:.2f} GFLOP in all{}\n", list.tasks.size() - static_cast<std::size_t>(others), flops * 1e-9,
             others > 0 ? fmt::format("; {} other ways to compute them", others) : "");
  print_algorithms(list.algorithms);
}

}  // namespace

Action declare_tasks(CLI::App& command) {
  const auto flags = std::make_shared<TasksFlags>();
  add_model_arguments(command, "MODEL", flags->model);
  add_algorithm_arguments(command, flags->algorithms);
  return [flags](const Common& common) {
    const driver::TaskList list =
        driver::tasks_of(flags->model.input, flags->model.import, flags->algorithms.options());
    if (common.json)
      print_json(to_json(list));
    else
      print_text(list);
    return 0;
  };
}

}  // namespace tilewright::cli
