#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/verb.h"

namespace tilewright::cli {

/// The arguments of verbs that run the compiler's passes.
struct PassArguments {
  std::vector<std::string> without;
  bool times = false, verify = false;
  /// Sets the pass managers to this. Errors: Error(usage) for a pass that is not known or can't be left out.
  void apply(const Common& common) const;
  /// Shows the times, if they were asked for: as `pass_times` of `report` with --json, else as a table at standard
  /// error.
  void show_times(const Common& common, nlohmann::json& report) const;
};

/// Adds --pass-times and --verify-passes. `arguments` must live as long as `command`.
void add_pass_arguments(CLI::App& command, PassArguments& arguments);
/// Adds --without-pass.
void add_without_pass_option(CLI::App& command, PassArguments& arguments);

}  // namespace tilewright::cli
