#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/file_lock.h"
#include "cli/verb.h"

namespace tilewright::cli {

/// A file that a verb reads.
struct InputArgument {
  std::string argument;  ///< as it is declared: "MODEL", "--records"
  std::string what;      ///< "model", "record file"
};

/// Compares each file that a parsed command writes with all others that its arguments name: by what they are, so
/// through links, too. Devices and pipes may be given twice. Every verb with an output begins with this. Errors:
/// Error(usage) naming both arguments.
void keep_outputs_apart(const CLI::App& command, const std::vector<std::string>& outputs,
                        const std::vector<InputArgument>& inputs);

/// How long a verb waits for a file that another program holds; it says so unless it is to be quiet.
Patience patience(const Common& common);

}  // namespace tilewright::cli
