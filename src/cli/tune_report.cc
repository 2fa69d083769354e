#include "cli/tune_report.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "cli/algorithm_arguments.h"
#include "cli/format.h"

namespace tilewright::cli {
namespace {

using search::TaskResult;

double share_of(double gflops, double peak_gflops) { return peak_gflops > 0 ? gflops / peak_gflops : 0; }

nlohmann::json to_json(const TaskResult& task, double peak_gflops) {
  nlohmann::json curve = nlohmann::json::array();
  for (const search::CurvePoint& point : task.curve) curve.push_back({point.trial, point.wall_s, point.best_s});
  return {
      {"workload", task.description},
      {"key", task.workload_key},
      {"flops", task.flops},
      {"count", task.count},
      {"competes_with", task.alternative_of.empty() ? nlohmann::json(nullptr) : nlohmann::json(task.alternative_of)},
      {"trials", task.trials},
      {"resumed", task.resumed},
      {"valid", task.valid},
      {"errors", task.errors},
      {"error_texts", task.error_texts},
      {"best_s", task.best_s},
      {"default_s", task.default_s},
      {"finalists", task.finalists},
      {"gflops", task.gflops()},
      {"share_of_peak", share_of(task.gflops(), peak_gflops)},
      {"exhausted", task.exhausted},
      {"curve", std::move(curve)}};
}

nlohmann::json to_json(const measure::MachineHealth& health) {
  return {{"checks", health.checks},
          {"slow", health.slow},
          {"noisy", health.noisy},
          {"lowest_speed", health.lowest_speed},
          {"lowest_memory_speed", health.lowest_memory_speed},
          {"highest_noise", health.highest_noise}};
}

void print_tasks(const search::TuneResult& result, double peak_gflops) {
  fmt::print("{:<48} {:>3} {:>6} {:>10} {:>10} {:>8} {:>7}\n", "task", "x", "trials", "default", "best", "GFLOP/s",
             "of peak");
  for (const TaskResult& task : result.tasks)
    fmt::print("{} {:>3} {:>6} {:>10} {:>10} {:>8.1f} {:>7}\n", fitted(task.description, 48), task.count, task.trials,
               run_time(task.default_s), run_time(task.best_s), task.gflops(),
               percent(share_of(task.gflops(), peak_gflops)));
  fmt::print("{:<48} {:>3} {:>6} {:>10} {:>10}\n", "all, times count", "", result.trials + result.resumed,
             run_time(result.total_default_s()), run_time(result.total_best_s()));
}

/// The first distinct error texts, so that a search that fails says why.
void print_errors(const search::TuneResult& result) {
  if (result.errors.empty()) return;
  fmt::print("failed   {}\n", counted(result.errors));
  std::vector<std::string> shown;
  for (const TaskResult& task : result.tasks)
    for (const std::string& text : task.error_texts) {
      if (shown.size() == 3 || std::count(shown.begin(), shown.end(), text) > 0) continue;
      shown.push_back(text);
      fmt::print("         {}: {}\n", task.description, text);
    }
}

void print_split(const search::TuneResult& result) {
  const search::TimeSplit& split = result.split;
  const auto share = [&](double seconds) { return percent(result.wall_s > 0 ? seconds / result.wall_s : 0); };
  fmt::print("search   {} trials in {}, {:.1f} a second: evolve {}, learn {}, compile {}, run {}, other {}; {}\n",
             result.trials, wall_time(result.wall_s), result.trials_per_s(), share(split.evolve_s),
             share(split.learn_s), share(split.compile_s), share(split.run_s), share(split.other_s),
             search::to_text(result.ending));
  if (result.same_code > 0 || result.remeasured > 0)
    fmt::print("         {} not run, as their machine code was known; the best {} timed again in turns\n",
               result.same_code, result.remeasured);
  const measure::MachineHealth& health = result.health;
  if (health.slow + health.noisy > 0)
    fmt::print("machine  slow in {} and noisy in {} of {} checks: lowest speed {}, highest noise {}\n", health.slow,
               health.noisy, health.checks, percent(std::min(health.lowest_speed, health.lowest_memory_speed)),
               percent(health.highest_noise));
}

}  // namespace

std::string counted(const std::map<std::string, int>& counts) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : counts) parts.push_back(fmt::format("{} {}", count, reason));
  return fmt::format("{}", fmt::join(parts, ", "));
}

nlohmann::json to_json(const driver::TuneReport& report) {
  const search::TuneResult& result = report.result;
  nlohmann::json tasks = nlohmann::json::array();
  for (const TaskResult& task : result.tasks) tasks.push_back(to_json(task, report.peak_gflops));
  nlohmann::json json{{"trials", result.trials},
                      {"valid", result.valid},
                      {"resumed", result.resumed},
                      {"suggested", result.suggested},
                      {"same_code", result.same_code},
                      {"remeasured", result.remeasured},
                      {"errors", result.errors},
                      {"ignored_records", result.ignored_records},
                      {"skipped_lines", report.skipped_lines},
                      {"wall_s", result.wall_s},
                      {"trials_per_s", result.trials_per_s()},
                      {"split",
                       {{"evolve_s", result.split.evolve_s},
                        {"learn_s", result.split.learn_s},
                        {"compile_s", result.split.compile_s},
                        {"run_s", result.split.run_s},
                        {"other_s", result.split.other_s}}},
                      {"machine_health", to_json(result.health)},
                      {"peak_rss", report.peak_rss},
                      {"peak_gflops", report.peak_gflops},
                      {"ending", search::to_text(result.ending)},
                      {"algorithms", algorithms_to_json(report.algorithms)},
                      {"tasks", std::move(tasks)}};
  if (report.latency) {
    json["latency_default_s"] = report.latency->default_s;
    json["latency_s"] = report.latency->tuned_s;
  }
  return json;
}

void print_text(const driver::TuneReport& report, const std::string& records) {
  print_tasks(report.result, report.peak_gflops);
  fmt::print("\n");
  print_algorithms(report.algorithms);
  if (!report.algorithms.empty()) fmt::print("\n");
  print_split(report.result);
  print_errors(report.result);
  if (records.empty())
    fmt::print("replay   nothing was measured or recorded; times are of the record file\n");
  else
    fmt::print("records  {}: {} new, {} taken over\n", records, report.result.trials, report.result.resumed);
  if (!report.result.ignored_records.empty()) fmt::print("ignored  {}\n", counted(report.result.ignored_records));
  if (report.result.ignored_records.contains("measured on another machine"))
    fmt::print("         --foreign-records has the best of them measured here first\n");
  if (report.result.suggested > 0)
    fmt::print("foreign  the best schedules of {} records of other machines were measured first\n",
               report.result.suggested);
  if (report.latency)
    fmt::print("latency  {} with default schedules, {} tuned: {:.2f} times as fast\n",
               run_time(report.latency->default_s), run_time(report.latency->tuned_s),
               report.latency->default_s / report.latency->tuned_s);
}

}  // namespace tilewright::cli
