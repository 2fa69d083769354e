#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "backend/cpu/compiler.h"
#include "backend/cpu/scheduled_program.h"
#include "measure/timing/calibration.h"
#include "measure/timing/repetition.h"
#include "target/target_spec.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::measure {

/// Builds candidates in parallel and runs them one at a time, alone on the machine, in an isolated worker process.
/// One measurer serves many tasks, one after another; the worker process stays alive between batches.
class Measurer {
 public:
  struct Options {
    target::TargetSpec target;
    int threads = 0;       ///< that a kernel runs with; 0: all available cores
    double timeout_s = 5;  ///< for each run of a candidate, counted in the worker from the start of the run
    double compile_timeout_s =
        15;  ///< after this a compile is reported as a time-out (it can't be interrupted, but is waited for)
    double most_instructions = cpu::kMostInstructions;  ///< that a candidate may have once unrolled
    int passes = 3;               ///< over a batch: the runs of a candidate are spread over so many moments
    int passes_of_undecided = 2;  ///< more for those close to the incumbent, or for all if the machine was slow so far
    RepetitionRule repetition;    ///< of a candidate's runs in one pass; its incumbent_s is not used
    RepetitionRule remeasurement{
        .max_time_s = 0.5, .min_runs = 7, .max_runs = 100};  ///< rounds, and the time of all together
    int check_machine_every = 100;                           ///< candidates, and at the start (calibration.h); 0: never
    bool check_results =
        true;  ///< compare outputs with the interpreter's (small tasks) or those of the first valid candidate
    bool flush_caches = false;  ///< all arguments (not only a task's cold ones) out of the caches before every run; off
                                ///< as in Ansor: speeds are comparable
    std::uint64_t seed = 1;     ///< of the input values
    std::filesystem::path worker;  ///< the worker program; empty: TILEWRIGHT_WORKER, or beside this program
  };
  explicit Measurer(const Options& options);
  ~Measurer();

  /// Measures programs of `task`, made for the target that is measured. Compiles on all cores, then runs each candidate
  /// in each of several passes over all of them: a busy machine is slow for tenths of a second, so runs of one moment
  /// tell less than as many of several. What is clearly slower than the incumbent (`incumbent_s`: best time so far,
  /// infinity if none) is left out of the later passes; the first one leaves out only what a slow moment can't explain.
  /// `done(i, measurement)` is called from the caller's thread as each result is known, in any order. Stops early, with
  /// what did not run left out, when `stop()` turns true. A candidate that crashes, hangs or computes something else
  /// becomes an error measurement; the worker is replaced. Errors: Error(nothing_measured) only if no worker can be
  /// started. A candidate whose machine code is that of an earlier one of the task is not run again.
  std::vector<task::Measurement> measure(const task::Task& task, std::span<const cpu::ScheduledProgram> programs,
                                         double incumbent_s,
                                         const std::function<void(std::size_t, const task::Measurement&)>& done = {},
                                         const std::function<bool()>& stop = {});

  /// Times programs that ran before in turns, in one process, so that what else the machine does hits all alike: whose
  /// time is least, is best. One measurement each, in their order; none at all if that could not be done.
  std::vector<task::Measurement> remeasure(const task::Task& task, std::span<const cpu::ScheduledProgram> programs);

  const Options& options() const;
  /// Where the wall time went, summed over all calls, seconds.
  struct Split {
    double compile_s = 0, run_s = 0;
  };
  Split split() const;
  /// How the machine did in the checks so far.
  const MachineHealth& health() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tilewright::measure
