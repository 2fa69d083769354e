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

std::unique_ptr<measure::Pending> ReplayRunner::submit(const task::Task& task,
                                                       std::vector<backend::ScheduledProgram> programs, double) {
  const std::size_t count = programs.size();
  return measure::one_by_one(count, [this, &task, programs = std::move(programs)](std::size_t i) {
    task::Measurement result = stand_ins_.at(task.key).measure(programs[i].state());
    split_.compile_s += result.compile_s, split_.run_s += result.run_s;
    return result;
  });
}

}  // namespace tilewright::search
