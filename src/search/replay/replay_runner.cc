#include "search/replay/replay_runner.h"

namespace tilewright::search {

ReplayRunner::ReplayRunner(std::span<const task::Task> tasks, std::span<const task::Record> records,
                           const cost::Machine& machine) {
  for (const task::Task& task : tasks) {
    const auto [at, added] = stand_ins_.try_emplace(task.key, task, records, machine);
    if (at->second.valid() < kFewest)
      throw Error(Code::bad_input, "{}: {} valid records to replay, at least {} are needed; record more with tune",
                  task.description, at->second.valid(), kFewest);
  }
}

std::vector<task::Measurement> ReplayRunner::measure(const task::Task& task,
                                                     std::span<const cpu::ScheduledProgram> programs, double,
                                                     const Done& done, const Stop& stop) {
  std::vector<task::Measurement> results;
  for (const cpu::ScheduledProgram& program : programs) {
    if (stop && stop()) break;
    results.push_back(stand_ins_.at(task.key).measure(program.state()));
    split_.compile_s += results.back().compile_s, split_.run_s += results.back().run_s;
    if (done) done(results.size() - 1, results.back());
  }
  return results;
}

}  // namespace tilewright::search
