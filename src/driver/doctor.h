#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tilewright::driver {

enum class Severity { ok, warning, problem };
/// "ok", "warning", "problem".
std::string_view to_text(Severity severity);

/// One thing that was looked at.
struct Finding {
  std::string check;  ///< what was looked at: "worker", "noise"
  Severity severity = Severity::ok;
  std::string found;
  std::string mend;  ///< what to do about it; empty when all is well
};

/// Checks the installation (can a candidate be compiled and run in a worker) and the machine (vector instructions,
/// vector math library, cores, memory, noise, record file). Takes about a second. Never throws for what it finds.
std::vector<Finding> examine();

/// No finding is a problem.
bool is_healthy(const std::vector<Finding>& findings);

}  // namespace tilewright::driver
