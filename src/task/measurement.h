#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/step.h"
#include "task/error_kind.h"
#include "task/machine_check.h"

namespace tilewright::task {

/// The error text of a record that holds a schedule without a measurement, and of a measurement that did not come
/// about.
inline constexpr std::string_view kNotMeasured = "sampled, not measured";

/// What became of one candidate.
struct Measurement {
  std::vector<double> times_s;  ///< one per run, at the pace of the task's first measurement; empty on error
  double pace = 1;         ///< how much longer the runs took than times_s says: the machine was slower by that much
  bool cut_short = false;  ///< clearly slower than the incumbent: stopped early, times_s are fewer and less exact
  bool same_code = false;  ///< not run: its machine code is that of an earlier candidate, whose result this is
  ErrorKind error = ErrorKind::none;
  std::string error_text;               ///< in full
  double compile_s = 0, run_s = 0;      ///< wall time that it took to compile and to run
  std::optional<MachineCheck> trouble;  ///< the last check of the machine before it, if all was not well
  /// The fastest run, as other programs only ever make a run slower; 1e10 on error.
  double time_s() const;
  /// Whether it says anything about the candidate; else there is nothing to record.
  bool is_measured() const { return error_text != kNotMeasured; }
};

/// A state and its measurement, as it is kept on disk.
struct Record {
  std::string workload_key;
  std::string target;  ///< TargetSpec::fingerprint() of the machine that ran it
  int threads = 1;
  std::vector<schedule::Step> steps;
  Measurement result;
  std::int64_t unix_time = 0;
  /// Of a re-measurement, in which the best states known were timed in turns: when it ended, nanoseconds since 1970,
  /// the same for all that took part. 0: measured by itself.
  std::int64_t remeasurement = 0;
};

}  // namespace tilewright::task
