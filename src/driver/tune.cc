#include "driver/tune.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "driver/machine.h"
#include "driver/model.h"
#include "driver/peak.h"
#include "driver/quantiles.h"
#include "driver/target.h"
#include "driver/timing.h"
#include "graph/compile.h"
#include "cost/machine.h"
#include "search/replay_runner.h"
#include "search/runner.h"

namespace tilewright::driver {
namespace {

std::int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

runtime::Model compile_with(const graph::Partition& partition, const ScheduleChoice& choice,
                            const codegen::Target& target, int threads) {
  Schedules schedules(choice, target, threads);
  return graph::compile(partition, std::ref(schedules), target);
}

/// The model with default and with tuned schedules, run in turns on one thread pool.
Latency measure_latency(const graph::Partition& partition, const TuneRequest& request, const codegen::Target& target,
                        int threads) {
  const runtime::Model by_default = compile_with(partition, {false, {}}, target, threads);
  const runtime::Model tuned = compile_with(partition, {true, request.records}, target, threads);
  runtime::ThreadPool pool({.threads = threads, .pin_caller = true});
  TimedModel timed_default(by_default, pool, request.search.seed), timed_tuned(tuned, pool, request.search.seed);
  const auto times = time_in_turns({&timed_default, &timed_tuned}, {.seconds = 5, .max_runs = 200});
  return {quantiles(times[0]).median_s, quantiles(times[1]).median_s};
}

void note_skipped(const std::filesystem::path& path, const measure::RecordFile& file, search::Observer& observer) {
  for (const auto& [reason, lines] : file.skipped)
    observer.on_note(fmt::format("{}: skipped {} line{}: {}", path.string(), lines, lines == 1 ? "" : "s", reason));
}

/// Searches a recorded machine.
TuneReport replay(const TuneRequest& request, const graph::Partition& partition, codegen::Target target, int threads,
                  search::Observer& observer, const std::function<bool()>& stop) {
  TuneReport report;
  const measure::RecordFile recorded = measure::read_records(request.replay);
  report.skipped_lines = recorded.skipped;
  note_skipped(request.replay, recorded, observer);
  target.cores = threads;
  search::ReplayRunner runner(partition.tasks, recorded.records, cost::machine_of(target));
  for (const measure::Task& task : partition.tasks) {
    const search::StandIn& stand_in = runner.stand_in(task);
    observer.on_note(
        fmt::format("replay of {}: {} records; its guesses for other schedules order {:.0f} % of pairs right, error "
                    "{:.0f} %",
                    task.description, stand_in.valid(), 100 * stand_in.accuracy(),
                    100 * (std::exp2(stand_in.roughness()) - 1)));
  }
  search::NetworkTuner tuner(partition.tasks, request.search, target, threads);
  report.result = tuner.run(runner, {}, &observer, stop);
  report.peak_gflops = request.search.peak_gflops;
  report.peak_rss = peak_rss_bytes();
  return report;
}

}  // namespace

bool TuneReport::nothing_valid() const {
  return std::none_of(result.tasks.begin(), result.tasks.end(),
                      [](const search::TaskResult& task) { return task.best_s < search::kNever; });
}

TuneReport tune(const TuneRequest& request, search::Observer& observer, const std::function<bool()>& stop) {
  const int threads = resolve_threads(request.threads);
  const codegen::Target target =
      request.replay.empty() ? parse_target_to_run(request.target) : parse_target(request.target);
  const graph::Partition partition = partition_of(request.input, request.import);

  if (!request.replay.empty()) return replay(request, partition, target, threads, observer, stop);

  TuneReport report;
  const measure::RecordFile earlier = measure::read_records(request.records);
  report.skipped_lines = earlier.skipped;
  note_skipped(request.records, earlier, observer);

  measure::RecordWriter writer(request.records);
  measure::Measurer::Options measuring;
  measuring.target = target;
  measuring.threads = threads;
  measure::Measurer measurer(measuring);
  search::MeasurerRunner runner(measurer);
  search::NetworkTuner tuner(partition.tasks, request.search, target, threads);
  tuner.resume(earlier.records);
  report.result = tuner.run(runner, [&](const measure::Record& record) { writer.append(record); }, &observer, stop);
  if (report.result.ending != search::Ending::stopped && !report.nothing_valid())
    report.latency = measure_latency(partition, request, target, threads);
  report.peak_gflops = std::max(request.search.peak_gflops, measure_peak_gflops(threads, target.vector_bytes));
  report.peak_rss = peak_rss_bytes();
  return report;
}

}  // namespace tilewright::driver
