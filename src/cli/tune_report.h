#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "driver/tune.h"

namespace tilewright::cli {

/// The fields of the contract (docs/cli.md).
nlohmann::json to_json(const driver::TuneReport& report);

/// "3 runtime error, 1 wrong answer"
std::string counted(const std::map<std::string, int>& counts);

/// One line per task, then sums, failures, where the time went, and latency.
/// `records`: the file; empty: the run was a replay.
void print_text(const driver::TuneReport& report, const std::string& records);

}  // namespace tilewright::cli
