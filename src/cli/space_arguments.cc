#include "cli/space_arguments.h"

namespace tilewright::cli {

driver::SpaceRequest SpaceArguments::request(const Common& common) const {
  return {workload, space::parse_space(space), target, common.threads, common.seed};
}

void add_space_arguments(CLI::App& command, SpaceArguments& arguments) {
  command
      .add_option("WORKLOAD", arguments.workload, "a named workload or a text op:key=value,…; see tilewright workloads")
      ->required();
  add_space_option(command, arguments.space);
  add_target_option(command, arguments.target);
}

void add_target_option(CLI::App& command, std::string& target) {
  command
      .add_option("--target", target,
                  "machine to generate code for: host, x86-64-v3, znver4, neoverse-v1, … (docs/cli.md)")
      ->capture_default_str();
}

void add_space_option(CLI::App& command, std::string& space) {
  command.add_option("--space", space,
                     "what schedules are searched: ansor, full (default), or full without some of its elements, "
                     "like full,no-tails,no-packing");
}

}  // namespace tilewright::cli
