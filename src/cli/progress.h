#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "search/observer.h"

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

/// Standard error. Whoever reads it may have stopped doing so: then waits, until a signal ends the process.
std::FILE* progress_stream();

/// An observer that prints. `peak_gflops`: of the machine, for shares of peak.
std::unique_ptr<search::Observer> make_progress(ProgressStyle style, double peak_gflops);

}  // namespace tilewright::cli
