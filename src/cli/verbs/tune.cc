#include "driver/tune.h"

#include <chrono>

#include "base/cores.h"
#include "base/error.h"
#include "cli/algorithm_arguments.h"
#include "cli/format.h"
#include "cli/interrupt.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/pass_arguments.h"
#include "cli/progress.h"
#include "cli/space_arguments.h"
#include "cli/tune_report.h"
#include "cli/verb.h"
#include "driver/machine.h"
#include "driver/target.h"
#include "measure/machine/machine_probe.h"
#include "records/records.h"

namespace tilewright::cli {
namespace {

constexpr int kNoLimit = 1'000'000'000;  ///< of trials

struct TuneFlags {
  ModelArguments model;
  AlgorithmArguments algorithms;
  PassArguments passes;
  std::string records, replay, budget, until, min_gain, space, target = "host", progress = "auto";
  std::string preset = "default";
  std::optional<int> trials;
  bool foreign_records = false, sync = false;
  std::optional<std::string> priors, sketch_policy, mutation_policy, cost_model;
};

search::TuneOptions search_options(const TuneFlags& flags, std::uint64_t seed, const target::TargetSpec& target,
                                   int threads) {
  search::TuneOptions options = flags.preset == "ansor" ? search::ansor_options() : search::TuneOptions{};
  options.seed = seed;
  options.threads = threads_at_once(threads);
  options.peak_gflops = measure::MachineProbe(driver::with_backend(target), threads).peak_gflops();
  if (!flags.budget.empty()) options.budget_s = parse_wall_time(flags.budget);
  if (!flags.until.empty()) options.until_share = parse_share(flags.until);
  if (!flags.min_gain.empty()) options.min_gain_per_s = parse_share(flags.min_gain, "the time to win in a minute") / 60;
  if (!flags.budget.empty()) options.trials = kNoLimit;
  if (flags.trials) options.trials = *flags.trials;
  options.foreign_records = flags.foreign_records;
  if (!flags.space.empty()) options.space = space::parse_space(flags.space);
  if (flags.sketch_policy) options.sketch_policy = *flags.sketch_policy;
  if (flags.mutation_policy) options.mutation_policy = *flags.mutation_policy;
  if (flags.priors) options.priors = *flags.priors == "on";
  if (options.priors) options.policy_memory = std::make_shared<search::PolicyMemory>(search::PolicyMemory::trained());
  if (flags.cost_model) options.cost_model = *flags.cost_model;
  return options;
}

int exit_code(const driver::TuneReport& report) {
  if (report.result.ending == search::Ending::stopped) return static_cast<int>(Code::interrupted);
  return 0;
}

/// How many candidates failed in which way, and the first different texts; or that there were none.
std::string failures(const search::TuneResult& result) {
  std::string text = counted(result.errors);
  for (const search::TaskResult& task : result.tasks)
    for (const std::string& error : task.error_texts) text += fmt::format("\n  {}: {}", task.description, error);
  if (!text.empty()) return text;
  if (result.unmeasured > 0)
    return "the time budget ended before the first default schedule was measured; give more --budget";
  return result.valid > 0
             ? "only default schedules were measured, which do not compete under --preset ansor; give more "
               "--trials or --budget"
             : "no candidate was measured; give more --trials or --budget";
}

/// What can't be meant together.
void refuse_contradictions(const TuneFlags& flags, const Common& common) {
  if (common.verbosity < 0 && (flags.progress == "plain" || flags.progress == "json"))
    throw Error(Code::usage, "--quiet shows no progress, --progress {} does; give one of them", flags.progress);
  if (flags.preset == "ansor" && !flags.space.empty() && flags.space != "ansor")
    throw Error(Code::usage, "--preset ansor searches the space ansor, not {}; leave out one of the two", flags.space);
}

int tune(const TuneFlags& flags, const Common& common) {
  driver::TuneRequest request;
  request.begun = std::chrono::steady_clock::now();
  refuse_contradictions(flags, common);
  flags.passes.apply(common);
  request.input = flags.model.input;
  request.import = flags.model.import;
  request.records = flags.records.empty() ? records::default_record_file() : std::filesystem::path(flags.records);
  request.replay = flags.replay;
  request.algorithms = flags.algorithms.options();
  request.target = driver::parse_target_to_run(flags.target);
  request.threads = driver::resolve_threads(common.threads);
  request.search = search_options(flags, common.seed, request.target, request.threads);
  request.sync_records = flags.sync;

  const ProgressStyle style = common.verbosity < 0 ? ProgressStyle::none : progress_style(flags.progress);
  Interrupt interrupt;
  std::unique_ptr<search::Observer> progress = make_progress(style, request.search.peak_gflops);
  const driver::TuneReport report = driver::tune(request, *progress, [&] { return interrupt.raised(); });
  progress.reset();  // ends its line
  interrupt.end();

  nlohmann::json json = common.json ? cli::to_json(report) : nlohmann::json::object();
  flags.passes.show_times(common, json);
  if (common.json)
    print_json(json);
  else if (report.result.tasks.empty())
    fmt::print("{}: there is nothing to tune: no operator of it is computed when it runs\n", flags.model.input);
  else
    cli::print_text(report, flags.replay.empty() ? request.records.string() : "");
  if (report.nothing_valid() && report.result.ending != search::Ending::stopped)
    throw Error(Code::nothing_measured, "nothing valid could be measured: {}", failures(report.result));
  return exit_code(report);
}

}  // namespace

Action declare_tune(CLI::App& command) {
  const auto flags = std::make_shared<TuneFlags>();
  add_model_arguments(command, "INPUT", flags->model);
  command
      .add_option("--trials", flags->trials,
                  "candidates to measure, over all tasks (default: 1000, or no limit with --budget)")
      ->check(CLI::Range(1, kNoLimit));
  command.add_option("--budget", flags->budget, "wall time to spend: 90s, 10m, 1h")->type_name("TIME");
  command.add_option("--until", flags->until, "a task is done at this share of the machine's peak: 95%")
      ->type_name("SHARE");
  command
      .add_option("--min-gain", flags->min_gain,
                  "end when a minute of tuning no longer wins this share of the time: 1%")
      ->type_name("SHARE");
  command.add_option("--records", flags->records, "record file to resume from and append to")->type_name("FILE");
  command.add_flag("--fsync", flags->sync,
                   "have each record on the disk before the next, so that it outlasts a power loss");
  command.add_flag("--foreign-records", flags->foreign_records,
                   "measure the best schedules of records of other machines first, instead of ignoring them");
  command
      .add_option("--replay", flags->replay,
                  "search what this record file knows instead of the machine; nothing is measured or written")
      ->excludes("--records")
      ->excludes("--foreign-records")
      ->excludes("--fsync")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  command.add_option("--preset", flags->preset, "parameters of the search")
      ->check(CLI::IsMember({"default", "ansor"}))
      ->capture_default_str();
  add_algorithm_arguments(command, flags->algorithms);
  add_space_option(command, flags->space);
  add_target_option(command, flags->target);
  add_pass_arguments(command, flags->passes);
  command
      .add_option("--priors", flags->priors, "start from what was learned elsewhere (default: on; preset ansor: off)")
      ->check(CLI::IsMember({"on", "off"}));
  command.add_option("--sketch-policy", flags->sketch_policy, "how sketches are chosen");
  command.add_option("--mutation-policy", flags->mutation_policy, "how mutation rules are chosen");
  command.add_option("--cost-model", flags->cost_model,
                     "what predicts speed before measuring: random, analytic, gbdt or hybrid");
  command.add_option("--progress", flags->progress, "auto, plain, json or none")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}))
      ->capture_default_str();
  return [flags, &command](const Common& common) {
    keep_outputs_apart(command, {"--records"}, {{"INPUT", "model"}});
    return tune(*flags, common);
  };
}

}  // namespace tilewright::cli
