#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/algorithm_arguments.h"
#include "driver/compile.h"

namespace tilewright::cli {

/// The flags that say which schedules and algorithms a model is compiled with.
struct ScheduleArguments {
  std::string records;
  bool untuned = false;
  AlgorithmArguments algorithms;
  compile::ScheduleChoice choice() const;
};

/// Adds --records and --untuned, and those of algorithms. `arguments` must live as long as `command`.
void add_schedule_arguments(CLI::App& command, ScheduleArguments& arguments);

}  // namespace tilewright::cli
