#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "compile/algorithm_choice.h"
#include "graph/onnx_import.h"
#include "search/tuner/network_tuner.h"
#include "target/target_spec.h"

namespace tilewright::driver {

struct TuneRequest {
  std::string input;  ///< an ONNX file
  graph::ImportOptions import;
  std::filesystem::path records;  ///< taken over at the start, appended to as candidates are measured
  bool sync_records = false;      ///< each outlasts a power loss before the next is measured
  /// Answers instead of the machine (search/replay/replay_runner.h); then `records` is neither read nor written. Empty:
  /// none.
  std::filesystem::path replay;
  graph::AlgorithmOptions algorithms;
  search::TuneOptions search;  ///< with peak_gflops of the target, measured with as many threads
  /// When the time budget of `search` began, which has to last until the caller ends; none: with the call.
  std::optional<std::chrono::steady_clock::time_point> begun;
  target::TargetSpec target;  ///< that kernels are made for; this machine must be able to run them
  int threads = 1;            ///< that kernels run with
};

/// Latency of a whole model, seconds: medians of runs taken in turns in one process.
struct Latency {
  double default_s = 0, tuned_s = 0;
};

struct TuneReport {
  search::TuneResult result;
  std::vector<compile::AlgorithmChoice> algorithms;  ///< of tasks with several ways to compute them, by the times found
  std::map<std::string, int> skipped_lines;          ///< of the record file: reason -> lines
  /// Of a model; not there in a replay, if nothing valid was measured, the time budget left no time or `stop` came.
  std::optional<Latency> latency;
  double peak_gflops = 0;     ///< of the machine: the best of before and after, as noise only lowers it
  std::int64_t peak_rss = 0;  ///< of this process, bytes
  /// There are tasks, and not one has a valid measurement.
  bool nothing_valid() const;
};

/// Tunes all tasks of a model, each in all ways that the algorithms allow. Goes on where the record file ends. Ends
/// early, all records kept, when `stop` returns true. Errors: Error(bad_input) for a model or record file that can't be
/// used, Error(cannot_write) as soon as a record can't be kept, Error(usage) for an unknown policy. That nothing valid
/// was measured, or that there is nothing to tune, is for the caller to see.
TuneReport tune(const TuneRequest& request, search::Observer& observer, const std::function<bool()>& stop);

}  // namespace tilewright::driver
