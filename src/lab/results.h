#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/append_file.h"
#include "search/tuner/result.h"

namespace tilewright::lab {

/// Which run: a suite's input searched in a space by a variant with a seed.
struct RunKey {
  std::string input, space, variant;
  std::uint64_t seed = 0;
  auto operator<=>(const RunKey&) const = default;
};

/// What became of it: one line of the result file.
struct Run {
  RunKey key;
  std::string suite, cpu, mode;  ///< mode: "live" or "replay"
  int threads = 1, trials = 0;
  double wall_s = 0, flops = 0, default_s = 0, best_s = 0;  ///< of a network: sums of count times task
  search::TimeSplit split;
  std::vector<search::CurvePoint> curve;  ///< every improvement, then the end
  nlohmann::json steps;                   ///< of the best schedule; of a network: of each task, by workload key
  // Of a single task only:
  std::vector<search::RoundTrace> rounds;
  std::vector<std::string> mutations;  ///< names, in the order of RoundTrace::attempts
  int best_sketch = -1;                ///< which sketch it is of; -1: none, or not known
  std::optional<double> judged_s;      ///< the best schedule's time, all of an input in turns by one timer
};

nlohmann::json to_json(const Run& run);
/// Errors: Error(bad_input) or an exception of the JSON library, for what is missing, of another type or out of range.
Run run_from_json(const nlohmann::json& json);

/// A result file: a line per run, and a line per input whose winners were timed again ({"judged": input, "times": …}).
struct Results {
  std::vector<Run> runs;
  std::map<std::string, bool> judged;  ///< inputs
  int torn = 0;                        ///< lines that an interrupted run left, and others that are no results
  bool has(const RunKey& key) const;
};

/// Errors: Error(bad_input) if the file exists and can't be read. Missing: no results.
Results read_results(const std::filesystem::path& path);
/// A result file to append to (base/append_file.h).
AppendFile open_results(const std::filesystem::path& path, Patience patience);

}  // namespace tilewright::lab
