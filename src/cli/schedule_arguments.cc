#include "cli/schedule_arguments.h"

namespace tilewright::cli {

compile::ScheduleChoice ScheduleArguments::choice() const { return {!untuned, records, algorithms.options()}; }

void add_schedule_arguments(CLI::App& command, ScheduleArguments& arguments) {
  CLI::Option* const records =
      command.add_option("--records", arguments.records, "record file to take the best schedules from")
          ->type_name("FILE");
  command.add_flag("--untuned", arguments.untuned, "default schedules throughout")->excludes(records);
  add_algorithm_arguments(command, arguments.algorithms);
}

}  // namespace tilewright::cli
