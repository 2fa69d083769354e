#pragma once

#include <memory>
#include <string>

#include "search/tuner/observer.h"

namespace tilewright::cli {

/// How a search shows how far it is, on standard error.
enum class ProgressStyle {
  live,   ///< one line that is rewritten
  plain,  ///< a line now and then
  json,   ///< one JSON object a line
  none,
};

/// "auto" (live on a terminal, else plain), "plain", "json", "none". Errors: Error(usage) naming the four.
ProgressStyle progress_style(const std::string& name);

/// Prints on standard error. Waits for whoever reads it, until a signal ends the process; that it can't be written to
/// is no reason to end what goes on.
void say(const std::string& text);

/// An observer that prints. `peak_gflops`: of the machine, for shares of peak.
std::unique_ptr<search::Observer> make_progress(ProgressStyle style, double peak_gflops);

}  // namespace tilewright::cli
