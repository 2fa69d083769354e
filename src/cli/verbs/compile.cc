#include "driver/compile.h"

#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/pass_arguments.h"
#include "cli/schedule_arguments.h"
#include "cli/space_arguments.h"
#include "cli/verb.h"

namespace tilewright::cli {
namespace {

struct CompileFlags {
  ModelArguments model;
  ScheduleArguments schedules;
  PassArguments passes;
  std::string output, target = "host";
};

void print_text(const driver::CompileReport& report, const std::string& output) {
  fmt::print("{}: {}, {} tasks tuned, {} with default schedules, compiled in {}\n", output, byte_count(report.bytes),
             report.tasks_tuned, report.tasks_default, wall_time(report.compile_s));
  print_algorithms(report.algorithms);
}

int compile(const CompileFlags& flags, const Common& common) {
  flags.passes.apply(common);
  driver::CompileRequest request;
  request.input = flags.model.input;
  request.import = flags.model.import;
  request.schedules = flags.schedules.choice();
  request.target = flags.target;
  request.threads = common.threads;
  request.output = flags.output;
  const driver::CompileReport report = driver::compile(request);
  nlohmann::json json{{"tasks_tuned", report.tasks_tuned},
                      {"tasks_default", report.tasks_default},
                      {"algorithms", algorithms_to_json(report.algorithms)},
                      {"compile_s", report.compile_s},
                      {"bytes", report.bytes}};
  flags.passes.show_times(common, json);
  if (common.json)
    print_json(json);
  else
    print_text(report, flags.output);
  return 0;
}

}  // namespace

Action declare_compile(CLI::App& command) {
  const auto flags = std::make_shared<CompileFlags>();
  add_model_arguments(command, "MODEL", flags->model);
  add_schedule_arguments(command, flags->schedules);
  command.add_option("-o,--output", flags->output, "the compiled model to write")->required()->type_name("OUT");
  add_target_option(command, flags->target);
  add_pass_arguments(command, flags->passes);
  add_without_pass_option(command, flags->passes);
  return [flags, &command](const Common& common) {
    keep_outputs_apart(command, {"--output"}, {{"MODEL", "model"}, {"--records", "record file"}});
    return compile(*flags, common);
  };
}

}  // namespace tilewright::cli
