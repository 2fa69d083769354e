#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "measure/machine/machine_health.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::measure {

/// Results of programs that were given to a runner: a future of each, in the order in which they become known.
class Pending {
 public:
  using Stop = std::function<bool()>;
  struct Known {
    std::size_t program;  ///< position among those that were submitted
    task::Measurement result;
  };
  virtual ~Pending() = default;
  /// Waits until one more is known. When `stop()` turns true nothing more is begun: what has run is still told, then
  /// there is nothing more. None: all are told. Errors: Error(nothing_measured) if nothing can be measured at all.
  virtual std::optional<Known> next(const Stop& stop) = 0;
};

/// Results that are found out one after the other, when they are asked for.
std::unique_ptr<Pending> one_by_one(std::size_t programs, std::function<task::Measurement(std::size_t)> result_of);

/// Whatever tells how fast programs are: this machine, others, a record file replayed, a made-up function in a test.
class Runner {
 public:
  using Done = std::function<void(std::size_t, const task::Measurement&)>;
  using Stop = Pending::Stop;
  virtual ~Runner() = default;

  /// Takes programs of `task`, which must live as long as what is returned, and returns at once. A candidate that
  /// crashes, hangs or computes something else becomes an error measurement. What is clearly slower than the incumbent
  /// (`incumbent_s`: best time so far, infinity if none) may be measured less exactly.
  virtual std::unique_ptr<Pending> submit(const task::Task& task, std::vector<backend::ScheduledProgram> programs,
                                          double incumbent_s) = 0;
  /// The same, waited for. Returns the results of a prefix of the programs, all of them unless it was stopped.
  /// `done(i, result)` is called with each as it is known, in any order. Errors: as Pending::next, and what `done`
  /// throws.
  std::vector<task::Measurement> measure(const task::Task& task, std::span<const backend::ScheduledProgram> programs,
                                         double incumbent_s, const Done& done = {}, const Stop& stop = {});

  /// Times programs that ran before in turns, in one process, so that what else the machine does hits all alike: whose
  /// time is least, is best. One measurement each, in their order; none at all if that could not be done, or need not
  /// be as all answers are exact.
  virtual std::vector<task::Measurement> remeasure(const task::Task&, std::span<const backend::ScheduledProgram>) {
    return {};
  }
  /// About how long a re-measurement takes of states that take `turn_s` together; 0: this runner holds none.
  virtual double remeasurement_s(double /*turn_s*/) const { return 0; }
  /// How the machine does; a runner that is none has none.
  virtual MachineHealth health() const { return {}; }
  /// Where the wall time went, summed over all calls, seconds.
  struct Split {
    double compile_s = 0, run_s = 0;
  };
  virtual Split split() const = 0;
  /// Seconds on the clock that the search lives by, from some moment on. A runner that does not take real time keeps a
  /// clock of its own.
  virtual double clock_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
};

}  // namespace tilewright::measure
