#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <span>
#include <vector>

#include "measure/runner/measurer.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::search {

/// Whatever tells how fast programs are: the machine, a record file replayed, a made-up function in a test.
class Runner {
 public:
  using Done = std::function<void(std::size_t, const task::Measurement&)>;
  using Stop = std::function<bool()>;
  virtual ~Runner() = default;
  /// Same contract as measure::Measurer::measure: results are a prefix of `programs` when `stop` ends the call early.
  virtual std::vector<task::Measurement> measure(const task::Task& task,
                                                 std::span<const cpu::ScheduledProgram> programs, double incumbent_s,
                                                 const Done& done, const Stop& stop) = 0;
  /// Same contract as measure::Measurer::remeasure. A runner whose answers are exact need not hold
  /// re-measurements.
  virtual std::vector<task::Measurement> remeasure(const task::Task&, std::span<const cpu::ScheduledProgram>) {
    return {};
  }
  /// About how long a re-measurement takes of states that take `turn_s` together; 0: this runner holds none.
  virtual double remeasurement_s(double /*turn_s*/) const { return 0; }
  /// How the machine does; a runner that is none has none.
  virtual measure::MachineHealth health() const { return {}; }
  /// Wall time spent so far on compiling and running, seconds.
  virtual measure::Measurer::Split split() const = 0;
  /// Seconds on the clock that the search lives by, from some moment on. A runner that does not take real time keeps a
  /// clock of its own.
  virtual double clock_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
};

/// The machine: hands everything to a measurer, which must outlive it.
class MeasurerRunner : public Runner {
 public:
  explicit MeasurerRunner(measure::Measurer& measurer) : measurer_(measurer) {}
  std::vector<task::Measurement> measure(const task::Task& task, std::span<const cpu::ScheduledProgram> programs,
                                         double incumbent_s, const Done& done, const Stop& stop) override {
    return measurer_.measure(task, programs, incumbent_s, done, stop);
  }
  std::vector<task::Measurement> remeasure(const task::Task& task,
                                           std::span<const cpu::ScheduledProgram> programs) override {
    return measurer_.remeasure(task, programs);
  }
  double remeasurement_s(double turn_s) const override {
    const measure::RepetitionRule& rule = measurer_.options().remeasurement;
    const double rounds = std::clamp<double>(rule.max_time_s / turn_s, rule.min_runs, rule.max_runs);
    return kCompile_s + (1 + rounds) * turn_s;  // one to warm up
  }
  measure::MachineHealth health() const override { return measurer_.health(); }
  measure::Measurer::Split split() const override { return measurer_.split(); }

 private:
  static constexpr double kCompile_s = 0.1;  ///< of all that take part
  measure::Measurer& measurer_;
};

}  // namespace tilewright::search
