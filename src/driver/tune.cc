#include "driver/tune.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "base/interruption.h"
#include "compile/compile_model.h"
#include "cost/analytic/machine.h"
#include "driver/machine.h"
#include "driver/model.h"
#include "driver/peak.h"
#include "driver/quantiles.h"
#include "driver/target.h"
#include "driver/timing.h"
#include "search/replay/replay_runner.h"
#include "search/tuner/runner.h"

namespace tilewright::driver {
namespace {

std::int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

/// The model with default schedules, computed directly.
runtime::Model compile_untuned(const compile::Algorithms& algorithms, const target::TargetSpec& target, int threads) {
  compile::Schedules schedules({.tuned = false, .records = {}}, target, threads);
  return compile::compile(algorithms.direct(), std::ref(schedules), target);
}

/// The model as `compile` makes it of the records.
runtime::Model compile_tuned(const compile::Algorithms& algorithms, const std::filesystem::path& records,
                             const target::TargetSpec& target, int threads) {
  compile::Schedules schedules({.tuned = true, .records = records}, target, threads);
  const auto choices = algorithms.choose([&](const task::Task& task) { return schedules.time_of(task); });
  return compile::compile(algorithms.computed_by(choices), std::ref(schedules), target);
}

/// The time budget of a command.
class Deadline {
 public:
  explicit Deadline(const TuneRequest& request)
      : begun_(request.begun.value_or(Clock::now())), budget_s_(request.search.budget_s) {}
  double left_s() const {
    return budget_s_ - kClosing_s - std::chrono::duration<double>(Clock::now() - begun_).count();
  }
  /// As the search sees it, by the clock of a MeasurerRunner.
  search::BudgetFrame frame() const {
    return {std::chrono::duration<double>(begun_.time_since_epoch()).count(), kClosing_s, true};
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr double kClosing_s = 0.6;  ///< to measure the peak again, report, and give memory and workers back
  Clock::time_point begun_;
  double budget_s_;
};

/// The model with default and with tuned schedules, run in turns on one thread pool. None if there is not the time.
std::optional<Latency> measure_latency(const compile::Algorithms& algorithms, const TuneRequest& request,
                                       const target::TargetSpec& target, int threads, const search::TuneResult& result,
                                       const Deadline& deadline) {
  constexpr double kMost_s = 5, kAllowance = 1.3;
  constexpr int kRuns = 8;  // to warm up, and the fewest that count
  const double least_s = kRuns * (result.total_default_s() + result.total_best_s());
  const auto fits = [&](double compiling_s) { return deadline.left_s() >= kAllowance * compiling_s + least_s; };
  if (!fits(2 * result.compile_all_s)) return std::nullopt;
  const double before_s = deadline.left_s();
  const runtime::Model by_default = compile_untuned(algorithms, target, threads);
  if (std::isfinite(before_s) && !fits(before_s - deadline.left_s())) return std::nullopt;
  const runtime::Model tuned = compile_tuned(algorithms, request.records, target, threads);
  runtime::ThreadPool pool({.threads = threads, .pin_caller = true});
  TimedModel timed_default(by_default, pool, request.search.seed), timed_tuned(tuned, pool, request.search.seed);
  const double seconds = std::min(kMost_s, deadline.left_s());
  const auto times = time_in_turns({&timed_default, &timed_tuned}, {.seconds = seconds, .max_runs = 200});
  return Latency{quantiles(times[0]).median_s, quantiles(times[1]).median_s};
}

void note_skipped(const std::filesystem::path& path, const records::RecordFile& file, search::Observer& observer) {
  for (const auto& [reason, lines] : file.skipped)
    observer.on_note(fmt::format("{}: skipped {} line{}: {}", path.string(), lines, lines == 1 ? "" : "s", reason));
}

/// Nothing is won yet that an interruption could lose.
graph::Partition read_partition(const TuneRequest& request) {
  const MayWait reading;
  return partition_of(request.input, request.import);
}

/// A pipe or device that records are written to has none to go on from.
records::RecordFile earlier_records(const std::filesystem::path& path) {
  std::error_code none;
  if (std::filesystem::is_fifo(path, none) || std::filesystem::is_character_file(path, none)) return {};
  const MayWait reading;
  return records::read_records(path);
}

/// What the search found out about a task's time.
std::optional<double> best_time(const search::TuneResult& result, const task::Task& task) {
  const auto found = std::ranges::find(result.tasks, task.key, &search::TaskResult::workload_key);
  if (found == result.tasks.end() || found->best_s == search::kNever) return std::nullopt;
  return found->best_s;
}

/// Leaves out what competes with another task and has too few records to be replayed: they are of a time before it.
void keep_recorded(const std::vector<task::Record>& records, std::vector<task::Task>& tasks) {
  std::map<std::string, int> valid;
  for (const task::Record& record : records)
    valid[record.workload_key] += record.result.error == task::ErrorKind::none ? 1 : 0;
  std::erase_if(tasks, [&](const task::Task& task) {
    return !task.alternative_of.empty() && valid[task.key] < search::ReplayRunner::kFewest;
  });
}

/// Searches a recorded machine.
TuneReport replay(const TuneRequest& request, const compile::Algorithms& algorithms, target::TargetSpec target,
                  int threads, search::Observer& observer, const std::function<bool()>& stop) {
  TuneReport report;
  const records::RecordFile recorded = records::read_records(request.replay);
  std::vector<task::Task> tasks = algorithms.tasks();
  keep_recorded(recorded.records, tasks);
  report.skipped_lines = recorded.skipped;
  note_skipped(request.replay, recorded, observer);
  target.cores = threads;
  search::ReplayRunner runner(tasks, recorded.records, cost::machine_of(target));
  for (const task::Task& task : tasks) {
    const search::Surrogate& surrogate = runner.surrogate(task);
    observer.on_note(fmt::format(
        "replay of {}: {} records; its guesses for other schedules order {:.0f} % of pairs right, error "
        "{:.0f} %",
        task.description, surrogate.valid(), 100 * surrogate.accuracy(), 100 * (std::exp2(surrogate.roughness()) - 1)));
  }
  search::NetworkTuner tuner(tasks, request.search, target, threads);
  report.result = tuner.run(runner, {}, &observer, stop);
  report.peak_gflops = request.search.peak_gflops;
  report.peak_rss = peak_rss_bytes();
  return report;
}

}  // namespace

bool TuneReport::nothing_valid() const {
  return !result.tasks.empty() && std::none_of(result.tasks.begin(), result.tasks.end(),
                                               [](const auto& task) { return task.best_s < search::kNever; });
}

namespace {

/// Searches this machine.
TuneReport search_machine(const TuneRequest& request, const compile::Algorithms& algorithms,
                          const target::TargetSpec& target, int threads, search::Observer& observer,
                          const std::function<bool()>& stop, const Deadline& deadline) {
  TuneReport report;
  const records::RecordFile earlier = earlier_records(request.records);
  report.skipped_lines = earlier.skipped;
  note_skipped(request.records, earlier, observer);

  records::RecordWriter writer(request.records, {.say = [&](const std::string& text) { observer.on_note(text); }});
  const auto keep = [&](const task::Record& record) {
    writer.append(record);
    if (request.sync_records) writer.sync();
  };
  measure::Measurer::Options measuring;
  measuring.target = target;
  measuring.threads = threads;
  measure::Measurer measurer(measuring);
  search::MeasurerRunner runner(measurer);
  search::TuneOptions options = request.search;
  options.budget = deadline.frame();
  search::NetworkTuner tuner(algorithms.tasks(), options, target, threads);
  tuner.resume(earlier.records);
  report.result = tuner.run(runner, keep, &observer, stop);
  return report;
}

}  // namespace

TuneReport tune(const TuneRequest& request, search::Observer& observer, const std::function<bool()>& stop) {
  const Deadline deadline(request);
  const int threads = resolve_threads(request.threads);
  const target::TargetSpec target =
      request.replay.empty() ? parse_target_to_run(request.target) : parse_target(request.target);
  const compile::Algorithms algorithms(read_partition(request), request.algorithms, threads);
  const auto choose = [&](const search::TuneResult& result) {
    return algorithms.choose([&](const task::Task& task) { return best_time(result, task); });
  };

  TuneReport report;
  if (algorithms.tasks().empty()) {
    report.result.ending = search::Ending::exhausted;
    return report;
  }
  if (!request.replay.empty()) {
    report = replay(request, algorithms, target, threads, observer, stop);
    report.algorithms = choose(report.result);
    return report;
  }
  report = search_machine(request, algorithms, target, threads, observer, stop, deadline);
  report.algorithms = choose(report.result);
  const bool is_complete = report.result.unmeasured == 0 && !report.nothing_valid();
  if (report.result.ending != search::Ending::stopped && is_complete) {
    report.latency = measure_latency(algorithms, request, target, threads, report.result, deadline);
    if (!report.latency) observer.on_note("the time budget leaves no time to compare the whole network's latency");
  }
  report.peak_gflops = std::max(request.search.peak_gflops, measure_peak_gflops(threads, target.vector_bytes));
  report.peak_rss = peak_rss_bytes();
  return report;
}

}  // namespace tilewright::driver
