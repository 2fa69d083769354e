#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "measure/runner/runner.h"
#include "measure/timing/repetition.h"

namespace tilewright::measure {

/// This machine: builds candidates in parallel and runs them one at a time, alone on the machine, in an isolated worker
/// process. It serves many tasks, one after another; the worker process stays alive between batches.
///
/// Compiles on all cores, then runs each candidate in each of several passes over all of them: a busy machine is slow
/// for tenths of a second, so runs of one moment tell less than as many of several. What is clearly slower than the
/// incumbent is left out of the later passes; the first one leaves out only what a slow moment can't explain. A
/// candidate whose machine code is that of an earlier one of the task is not run again. All that happens in the thread
/// that waits for results, as whatever ran beside would spoil the times; of several batches only one waits at a time.
class LocalRunner : public Runner {
 public:
  struct Options {
    backend::TargetRef target;
    int threads = 0;       ///< that a kernel runs with; 0: all available cores
    double timeout_s = 5;  ///< for each run of a candidate, counted in the worker from the start of the run
    double compile_timeout_s =
        15;  ///< after this a compile is reported as a time-out (it can't be interrupted, but is waited for)
    double most_instructions = backend::kMostInstructions;  ///< that a candidate may have once unrolled
    int passes = 3;               ///< over a batch: the runs of a candidate are spread over so many moments
    int passes_of_undecided = 2;  ///< more for those close to the incumbent, or for all if the machine was slow so far
    RepetitionRule repetition;    ///< of a candidate's runs in one pass; its incumbent_s is not used
    RepetitionRule remeasurement{
        .max_time_s = 0.5, .min_runs = 7, .max_runs = 100};  ///< rounds, and the time of all together
    int check_machine_every = 100;  ///< candidates, and at the start (machine_probe.h); 0: never
    bool check_results =
        true;  ///< compare outputs with the interpreter's (small tasks) or those of the first valid candidate
    bool flush_caches = false;  ///< all arguments (not only a task's cold ones) out of the caches before every run; off
                                ///< as in Ansor: speeds are comparable
    std::uint64_t seed = 1;     ///< of the input values
    std::filesystem::path worker;  ///< the worker program; empty: TILEWRIGHT_WORKER, or beside this program
  };
  explicit LocalRunner(const Options& options);
  ~LocalRunner() override;

  /// The runner must outlive what is returned.
  std::unique_ptr<Pending> submit(const task::Task& task, std::vector<backend::ScheduledProgram> programs,
                                  double incumbent_s) override;
  std::vector<task::Measurement> remeasure(const task::Task& task,
                                           std::span<const backend::ScheduledProgram> programs) override;
  double remeasurement_s(double turn_s) const override;
  MachineHealth health() const override;
  Split split() const override;
  const Options& options() const;

 private:
  struct Impl;
  class Passes;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tilewright::measure
