#include "cost_model/measured_programs.h"

#include <fstream>

#include "backend/cpu/backend.h"
#include "base/error.h"
#include "driver/model.h"
#include "records/records.h"
#include "target/host.h"

namespace tilewright {

std::vector<std::string> read_workload_list(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw Error(Code::bad_input, "cannot read {}", path.string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#') lines.push_back(line);
  return lines;
}

std::vector<MeasuredTask> measured_tasks(const std::vector<std::string>& workloads,
                                         const std::vector<std::filesystem::path>& record_files) {
  std::vector<MeasuredTask> tasks;
  const auto target = cpu::make_target(target::host_target());
  std::map<std::string, std::size_t> by_key;
  for (const std::string& text : workloads)
    for (const task::Task& task : driver::partition_of(text, {}).tasks)
      if (by_key.emplace(task.key, tasks.size()).second) tasks.push_back({text, task, {}, {}});
  for (const std::filesystem::path& file : record_files)
    for (const task::Record& record : records::read_records(file).records) {
      const auto found = by_key.find(record.workload_key);
      if (found == by_key.end()) continue;
      MeasuredTask& task = tasks[found->second];
      auto state = schedule::State::replay(task.task.dag, record.steps);
      if (!state) continue;
      task.programs.emplace_back(std::move(*state), target);
      task.results.push_back(record.result);
    }
  return tasks;
}

}  // namespace tilewright
