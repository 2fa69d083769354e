#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/state.h"

namespace tilewright::measure {

/// Numbers as in TVM's records (`error_no`).
enum class ErrorKind : std::uint8_t {
  none = 0, instantiation = 1, compile_host = 2, compile_device = 3, runtime = 4, wrong_answer = 5, build_timeout = 6,
  run_timeout = 7, unknown = 8,
};
std::string_view to_text(ErrorKind kind);

/// What became of one candidate.
struct Measurement {
  std::vector<double> times_s;          ///< one per run; empty on error
  bool cut_short = false;               ///< clearly slower than the incumbent: stopped after the first run, times are lower bounds
  ErrorKind error = ErrorKind::none;
  std::string error_text;               ///< in full
  double compile_s = 0, run_s = 0;      ///< wall time that it took to compile and to run
  double time_s() const;                ///< median of times_s; 1e10 on error
};

/// A state and its measurement, as it is kept on disk.
struct Record {
  std::string workload_key;
  std::string target;                   ///< Target::fingerprint() of the machine that ran it
  int threads = 1;
  std::vector<schedule::Step> steps;
  Measurement result;
  std::int64_t unix_time = 0;
};

}  // namespace tilewright::measure
