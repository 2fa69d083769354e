#include "driver/run.h"

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/shape_text.h"
#include "cli/checks.h"
#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/schedule_arguments.h"
#include "cli/verb.h"
#include "driver/tensors/elements.h"

namespace tilewright::cli {
namespace {

struct RunFlags {
  ModelArguments model;
  ScheduleArguments schedules;
  std::vector<std::string> inputs, expected;
  std::string output;
  double rtol = 1e-3, atol = 0;
};

nlohmann::json to_json(const driver::RunReport& report) {
  nlohmann::json outputs = nlohmann::json::array();
  for (const runtime::Port& port : report.outputs)
    outputs.push_back({{"name", port.name}, {"shape", port.shape}, {"type", to_text(port.type)}});
  nlohmann::json json{{"outputs", std::move(outputs)}, {"run_s", report.run_s}};
  if (report.comparison) {
    json["max_abs_error"] = report.comparison->max_abs_error;
    json["max_rel_error"] = report.comparison->max_rel_error;
    json["match"] = report.comparison->match;
    if (const std::optional<driver::Difference>& first = report.comparison->first)
      json["first_difference"] = {
          {"output", first->output}, {"index", first->index}, {"actual", first->actual}, {"expected", first->expected}};
  }
  return json;
}

void print_text(const driver::RunReport& report, const RunFlags& flags) {
  for (const runtime::Port& port : report.outputs)
    fmt::print("{} {} {}\n", port.name, to_text(port.type), shape_text(port.shape));
  if (!report.comparison) return;
  const driver::Comparison& c = *report.comparison;
  fmt::print("{}: largest error {:.3g}, {:.3g} of the largest output (of {}); allowed: rtol {:g}, atol {:g}\n",
             c.match ? "match" : "no match", c.max_abs_error, c.max_rel_error, c.worst, flags.rtol, flags.atol);
  if (c.first)
    fmt::print("first difference: {}[{}] is {}, expected {}\n", c.first->output, fmt::join(c.first->index, ", "),
               c.first->actual, c.first->expected);
}

int run(const RunFlags& flags, const Common& common) {
  driver::RunRequest request;
  request.input = flags.model.input;
  request.import = flags.model.import;
  request.schedules = flags.schedules.choice();
  request.threads = common.threads;
  request.seed = common.seed;
  request.inputs.assign(flags.inputs.begin(), flags.inputs.end());
  request.output = flags.output;
  request.expected.assign(flags.expected.begin(), flags.expected.end());
  request.rtol = flags.rtol;
  request.atol = flags.atol;
  const driver::RunReport report = driver::run(request);
  if (common.json)
    print_json(to_json(report));
  else
    print_text(report, flags);
  return report.comparison && !report.comparison->match ? static_cast<int>(Code::check_failed) : 0;
}

}  // namespace

Action declare_run(CLI::App& command) {
  const auto flags = std::make_shared<RunFlags>();
  add_model_arguments(command, "MODEL", flags->model);
  add_schedule_arguments(command, flags->schedules);
  command.add_option("--input", flags->inputs, ".npz or .pb files with the inputs (default: seeded random values)")
      ->type_name("FILE");
  command.add_option("--output", flags->output, ".npz file to write the outputs to")->type_name("FILE");
  command.add_option("--expect", flags->expected, ".npz or .pb files with the outputs to expect")->type_name("FILE");
  command.add_option("--rtol", flags->rtol, "allowed error relative to the largest output expected")
      ->check(number_between(0, 1e300))
      ->capture_default_str();
  command.add_option("--atol", flags->atol, "allowed error in absolute terms")
      ->check(number_between(0, 1e300))
      ->capture_default_str();
  return [flags, &command](const Common& common) {
    keep_outputs_apart(
        command, {"--output"},
        {{"MODEL", "model"}, {"--records", "record file"}, {"--input", "input file"}, {"--expect", "reference file"}});
    return run(*flags, common);
  };
}

}  // namespace tilewright::cli
