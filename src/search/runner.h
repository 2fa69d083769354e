#pragma once

#include <functional>
#include <span>
#include <vector>

#include "measure/measurement.h"
#include "measure/measurer.h"
#include "measure/task.h"
#include "schedule/state.h"

namespace tilewright::search {

/// Whatever tells how fast states are: the machine, a record file replayed, a made-up function in a test.
class Runner {
 public:
  using Done = std::function<void(std::size_t, const measure::Measurement&)>;
  using Stop = std::function<bool()>;
  virtual ~Runner() = default;
  /// Same contract as measure::Measurer::measure: results are a prefix of `states` when `stop` ends the call early.
  virtual std::vector<measure::Measurement> measure(const measure::Task& task, std::span<const schedule::State> states,
                                                    double incumbent_s, const Done& done, const Stop& stop) = 0;
  /// Wall time spent so far on compiling and running, seconds.
  virtual measure::Measurer::Split split() const = 0;
};

/// The machine: hands everything to a measurer, which must outlive it.
class MeasurerRunner : public Runner {
 public:
  explicit MeasurerRunner(measure::Measurer& measurer) : measurer_(measurer) {}
  std::vector<measure::Measurement> measure(const measure::Task& task, std::span<const schedule::State> states,
                                            double incumbent_s, const Done& done, const Stop& stop) override {
    return measurer_.measure(task, states, incumbent_s, done, stop);
  }
  measure::Measurer::Split split() const override { return measurer_.split(); }

 private:
  measure::Measurer& measurer_;
};

}  // namespace tilewright::search
