#include "driver/compile.h"

#include <chrono>

#include "compile/compile_model.h"
#include "driver/machine.h"
#include "driver/model.h"
#include "driver/target.h"

namespace tilewright::driver {

CompileReport compile(const CompileRequest& request) {
  const auto begin = std::chrono::steady_clock::now();
  const target::TargetSpec target = parse_target(request.target);
  const compile::ScheduledNetwork network =
      schedule_network(request.input, request.import, request.schedules, target, resolve_threads(request.threads));
  runtime::save_plan(compile::compile_plan(network, with_backend(target)), request.output);

  CompileReport report;
  report.algorithms = network.algorithms;
  for (const task::Task& task : network.partition.tasks)
    ++(network.of(task).time_s ? report.tasks_tuned : report.tasks_default);
  report.compile_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::error_code not_a_file;
  const std::uintmax_t bytes = std::filesystem::file_size(request.output, not_a_file);
  report.bytes = not_a_file ? 0 : static_cast<std::int64_t>(bytes);
  return report;
}

}  // namespace tilewright::driver
