// Measures the schedules of a record file on a workload, one line each, in the order of the file: what a schedule made
// elsewhere is worth here.
//
//   tilewright_replay WORKLOAD FILE [THREADS]
#include <fmt/core.h>

#include <cstdlib>
#include <limits>

#include "backend/cpu/backend.h"
#include "loop/lower.h"
#include "measure/runner/local_runner.h"
#include "records/records.h"
#include "target/host.h"
#include "workload/workload.h"

namespace tilewright {
namespace {

int run(const std::string& name, const std::string& file, int threads) {
  const task::Task task = task::make_task(workload::parse(name).dag, name);
  const records::RecordFile records = records::read_records(file);
  for (const auto& [reason, lines] : records.skipped) fmt::print(stderr, "skipped {}: {}\n", lines, reason);
  measure::LocalRunner::Options options;
  options.target = cpu::make_target(target::host_target());
  options.threads = threads;
  options.most_instructions =
      std::numeric_limits<double>::infinity();  // every schedule is to run, however long it takes
  options.compile_timeout_s = options.timeout_s = 600;
  measure::LocalRunner runner(options);
  const auto target = options.target;
  int failed = records.records.empty() ? 1 : 0;
  for (std::size_t i = 0; i < records.records.size(); ++i) {
    const Result<schedule::State> state = schedule::State::replay(task.dag, records.records[i].steps);
    std::optional<backend::ScheduledProgram> scheduled;
    if (state) scheduled.emplace(*state, target);
    if (!state || !scheduled->program()) {
      fmt::print("{{\"record\": {}, \"error\": \"{}\"}}\n", i,
                 state ? scheduled->program().message() : state.message());
      ++failed;
      continue;
    }
    const task::Measurement m = runner.measure(task, {&*scheduled, 1}, std::numeric_limits<double>::infinity()).at(0);
    if (m.error == task::ErrorKind::none)
      fmt::print("{{\"record\": {}, \"ms\": {:.4f}}}\n", i, m.time_s() * 1e3);
    else
      fmt::print("{{\"record\": {}, \"error\": \"{}\"}}\n", i, task::to_text(m.error)), ++failed;
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tilewright

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: tilewright_replay WORKLOAD FILE [THREADS]\n");
    return 2;
  }
  try {
    return tilewright::run(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 2);
  } catch (const tilewright::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 3;
  }
}
