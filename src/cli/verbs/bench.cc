#include "driver/bench.h"

#include "cli/checks.h"
#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/pass_arguments.h"
#include "cli/schedule_arguments.h"
#include "cli/space_arguments.h"
#include "cli/verb.h"

namespace tilewright::cli {
namespace {

struct BenchFlags {
  ModelArguments model;
  ScheduleArguments schedules;
  PassArguments passes;
  std::string target = "host";
  double seconds = 3;
  bool profile = false;
};

nlohmann::json to_json(const std::vector<driver::KernelTime>& kernels) {
  nlohmann::json json = nlohmann::json::array();
  for (const driver::KernelTime& kernel : kernels)
    json.push_back({{"kernel", kernel.description}, {"calls", kernel.calls}, {"median_s", kernel.median_s}});
  return json;
}

void print_kernels(const driver::BenchReport& report) {
  fmt::print("{:<60} {:>3} {:>10} {:>8}\n", "kernel", "x", "all calls", "of a run");
  for (const driver::KernelTime& kernel : report.kernels)
    fmt::print("{} {:>3} {:>10} {:>8}\n", fitted(kernel.description, 60), kernel.calls, run_time(kernel.median_s),
               percent(kernel.median_s / report.median_s));
}

int bench(const BenchFlags& flags, const Common& common) {
  flags.passes.apply(common);
  driver::BenchRequest request;
  request.input = flags.model.input;
  request.import = flags.model.import;
  request.schedules = flags.schedules.choice();
  request.target = flags.target;
  request.threads = common.threads;
  request.seed = common.seed;
  request.seconds = flags.seconds;
  request.profile = flags.profile;
  const driver::BenchReport report = driver::bench(request);
  nlohmann::json json = nlohmann::json::object();
  if (common.json) {
    json = {{"median_s", report.median_s},
            {"p95_s", report.p95_s},
            {"min_s", report.min_s},
            {"runs", report.runs},
            {"flops", report.flops},
            {"gflops", report.gflops()},
            {"peak_gflops", report.peak_gflops},
            {"share_of_peak", report.share_of_peak()}};
    if (flags.profile) json["kernels"] = to_json(report.kernels);
  }
  flags.passes.show_times(common, json);
  if (common.json) {
    print_json(json);
    return 0;
  }
  if (flags.profile) print_kernels(report);
  fmt::print("median {}, 95 % below {}, best {} of {} runs; {:.1f} GFLOP/s, {} of peak\n", run_time(report.median_s),
             run_time(report.p95_s), run_time(report.min_s), report.runs, report.gflops(),
             percent(report.share_of_peak()));
  return 0;
}

}  // namespace

Action declare_bench(CLI::App& command) {
  const auto flags = std::make_shared<BenchFlags>();
  add_model_arguments(command, "INPUT", flags->model);
  add_schedule_arguments(command, flags->schedules);
  add_target_option(command, flags->target);
  add_pass_arguments(command, flags->passes);
  add_without_pass_option(command, flags->passes);
  command.add_option("--seconds", flags->seconds, "time to spend on runs")
      ->check(number_between(0, 86400))
      ->capture_default_str();
  command.add_flag("--profile", flags->profile, "show where the time of a run goes, kernel by kernel");
  return [flags](const Common& common) { return bench(*flags, common); };
}

}  // namespace tilewright::cli
