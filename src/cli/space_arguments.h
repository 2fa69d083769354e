#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/verb.h"
#include "driver/space.h"

namespace tilewright::cli {

/// The arguments of verbs that show the search space of a workload.
struct SpaceArguments {
  std::string workload, space = "full", target = "host";
  /// Errors: Error(usage) for a space that is not known.
  driver::SpaceRequest request(const Common& common) const;
};

/// Adds WORKLOAD, --space and --target. `arguments` must live as long as `command`.
void add_space_arguments(CLI::App& command, SpaceArguments& arguments);

/// Adds --target, into `target`.
void add_target_option(CLI::App& command, std::string& target);

/// Adds --space alone, into `space`.
void add_space_option(CLI::App& command, std::string& space);

}  // namespace tilewright::cli
