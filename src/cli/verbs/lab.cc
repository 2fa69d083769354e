#include "base/error.h"
#include "base/file.h"
#include "cli/format.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/progress.h"
#include "cli/verb.h"
#include "lab/report.h"
#include "lab/run.h"
#include "lab/statistics.h"

namespace tilewright::cli {
namespace {

constexpr std::int64_t kMostPolicyBytes = 16 << 20;  ///< trained ones have 30 KiB

struct LabFlags {
  std::string suite, output, replay, records, budget, continued, results, html, markdown;
  int max_runs = 1 << 30;
};

lab::RunRequest request_of(const LabFlags& flags, const Common& common, const Interrupt& interrupt) {
  lab::RunRequest request;
  request.suite = lab::find_suite(flags.suite);
  request.output = flags.output.empty() ? "lab-" + request.suite.name + ".jsonl" : flags.output;
  request.replay = flags.replay;
  request.records = flags.records;
  request.threads = common.threads;
  request.max_runs = flags.max_runs;
  if (!flags.budget.empty()) request.budget_s = parse_wall_time(flags.budget);
  if (common.verbosity >= 0) request.say = [](const std::string& text) { say(text + "\n"); };
  request.stop = [&interrupt] { return interrupt.raised(); };
  return request;
}

int run_suite(const LabFlags& flags, const Common& common) {
  Interrupt interrupt;
  const lab::RunRequest request = request_of(flags, common, interrupt);
  const lab::RunSummary summary = lab::run_suite(request);
  interrupt.end();
  if (common.json)
    print_json({{"runs", summary.done},
                {"before", summary.before},
                {"total", summary.total},
                {"judged", summary.judged},
                {"complete", summary.complete()},
                {"output", request.output.string()}});
  else
    fmt::print("{}: {} runs done, {} before, {} to go{}\n", request.output.string(), summary.done, summary.before,
               summary.total - summary.done - summary.before,
               summary.complete() ? "" : "; the same command goes on from here");
  return interrupt.raised() ? static_cast<int>(Code::interrupted) : 0;
}

int train(const LabFlags& flags, const Common& common) {
  Interrupt interrupt;
  const lab::RunRequest request = request_of(flags, common, interrupt);
  auto memory = std::make_shared<search::PolicyMemory>();
  if (!flags.continued.empty()) *memory = search::policy_memory_from(read_file(flags.continued, kMostPolicyBytes));
  lab::train(request, memory);
  interrupt.end();
  write_file(flags.output, search::to_text(*memory));
  if (common.json)
    print_json({{"output", flags.output}, {"batches", memory->sketches.observations()}});
  else
    fmt::print("{}: policies trained on {}, {:.0f} batches of one sketch\n", flags.output, request.suite.name,
               memory->sketches.observations());
  return interrupt.raised() ? static_cast<int>(Code::interrupted) : 0;
}

nlohmann::json to_json(const lab::Interval& i) { return {i.value, i.low, i.high}; }

nlohmann::json comparisons_of(const lab::Results& results) {
  const lab::Layout layout = lab::layout_of(results.runs);
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& space : layout.spaces)
    for (std::size_t v = 1; v < layout.variants.size(); ++v) {
      const lab::Comparison c = lab::compare(results.runs, space, layout.variants.front(), layout.variants[v]);
      list.push_back({{"space", space},
                      {"variant", c.variant},
                      {"inputs", c.inputs},
                      {"runs", c.runs},
                      {"reached", c.reached},
                      {"baseline_reached", c.baseline_reached},
                      {"time", to_json(c.time)},
                      {"trials", to_json(c.trials)},
                      {"speed", to_json(c.speed)},
                      {"area", to_json(c.area)}});
    }
  return list;
}

int report(const LabFlags& flags, const Common& common) {
  const lab::Results results = lab::in_judged_time(lab::read_results(flags.results));
  if (results.runs.empty())
    throw Error(Code::bad_input, "{} holds no run of a lab; make some with tilewright lab run", flags.results);
  const std::string tables = lab::to_markdown(results, fmt::format("tilewright lab report {}", flags.results));
  if (!flags.markdown.empty()) write_file(flags.markdown, tables);
  if (!flags.html.empty()) write_file(flags.html, lab::to_page(results));
  if (common.json)
    print_json({{"runs", results.runs.size()},
                {"torn_lines", results.torn},
                {"judged", results.judged.size()},
                {"comparisons", comparisons_of(results)}});
  else if (flags.markdown.empty())
    fmt::print("{}", tables);
  return 0;
}

void declare_searches(CLI::App& command, LabFlags& flags) {
  command.add_option("SUITE", flags.suite, "name of a suite, or a file")->required();
  command.add_option("--replay", flags.replay, "record file that stands in for the machine")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
}

}  // namespace

Action declare_lab(CLI::App& command) {
  const auto flags = std::make_shared<LabFlags>();
  const auto chosen = std::make_shared<Action>();
  command.require_subcommand(1);
  const auto add = [&](const char* name, const char* summary, int (*action)(const LabFlags&, const Common&),
                       const std::vector<std::string>& outputs, const std::vector<InputArgument>& inputs) {
    CLI::App* sub = command.add_subcommand(name, summary);
    sub->fallthrough();
    sub->callback([=] {
      *chosen = [=](const Common& common) {
        keep_outputs_apart(*sub, outputs, inputs);
        return action(*flags, common);
      };
    });
    return sub;
  };
  CLI::App* running = add("run", "do what is missing of a suite: variants x inputs x spaces x seeds", run_suite,
                          {"--output", "--records"}, {{"SUITE", "suite"}, {"--replay", "record file"}});
  declare_searches(*running, *flags);
  running->add_option("-o,--output", flags->output, "result file, resumed from (default: lab-SUITE.jsonl)");
  running->add_option("--max-runs", flags->max_runs, "runs in this call")->check(CLI::Range(1, 1 << 30));
  running->add_option("--budget", flags->budget, "begin no run that may not fit: 90s, 10m, 1h")->type_name("TIME");
  running->add_option("--records", flags->records, "file to append all that is measured to")->type_name("FILE");
  CLI::App* reporting = add("report", "tables and curves of a result file", report, {"--html", "--markdown"},
                            {{"RESULTS", "result file"}});
  reporting->add_option("RESULTS", flags->results, "result file of lab run")->required()->check(CLI::ExistingFile);
  reporting->add_option("--html", flags->html, "page with all curves to write; needs nothing else")->type_name("FILE");
  reporting->add_option("--markdown", flags->markdown, "file to write the tables to, instead of printing them")
      ->type_name("FILE");
  CLI::App* training = add("train", "train the policies that learn over tasks on a suite", train, {"--output"},
                           {{"SUITE", "suite"}, {"--replay", "record file"}, {"--continue", "file of policies"}});
  declare_searches(*training, *flags);
  training->add_option("-o,--output", flags->output, "file to write them to")->required()->type_name("FILE");
  training->add_option("--continue", flags->continued, "trained policies to go on from")->type_name("FILE");
  return [chosen](const Common& common) { return (*chosen)(common); };
}

}  // namespace tilewright::cli
