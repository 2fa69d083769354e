#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "lab/results.h"
#include "lab/suite.h"

namespace tilewright::lab {

struct RunRequest {
  Suite suite;
  std::filesystem::path output;   ///< result file, resumed from and appended to
  std::filesystem::path replay;   ///< record file that stands in for the machine; empty: the machine
  std::filesystem::path records;  ///< where live runs leave what they measured; empty: nowhere
  int threads = 0;                ///< that kernels and the search run with; 0: all available cores
  int max_runs = 1 << 30;         ///< in this call
  double budget_s = 1e300;        ///< a run is not begun if one as long as the longest so far would not fit
  std::function<void(const std::string&)> say = [](const std::string&) {};
  std::function<bool()> stop = [] { return false; };
};

struct RunSummary {
  int done = 0, before = 0, total = 0;  ///< runs of this call, of earlier ones, of the suite
  int judged = 0;                       ///< inputs whose winners were timed again
  bool complete() const { return done + before == total; }
};

/// Does what is missing of a suite: every seed of every input, space and variant, seeds outermost, so that an
/// interrupted lab has compared like with like. When all live runs of an input are there, their winners are timed in
/// turns. A run that is stopped leaves nothing. Errors: those of find_suite's parts; Error(bad_input) if the output is
/// of a suite with other trials, another machine or mode.
RunSummary run_suite(const RunRequest& request);

/// Searches every input in every space with `memory`, which learns from it; writes nothing else.
void train(const RunRequest& request, std::shared_ptr<search::PolicyMemory> memory);

}  // namespace tilewright::lab
