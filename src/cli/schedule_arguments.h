#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "driver/compile.h"

namespace tilewright::cli {

/// The flags that say which schedules a model is compiled with.
struct ScheduleArguments {
  std::string records;
  bool untuned = false;
  driver::ScheduleChoice choice() const;
};

/// Adds --records and --untuned. `arguments` must live as long as `command`.
void add_schedule_arguments(CLI::App& command, ScheduleArguments& arguments);

}  // namespace tilewright::cli
