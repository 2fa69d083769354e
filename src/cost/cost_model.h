#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "measure/measurement.h"
#include "measure/task.h"
#include "schedule/state.h"

namespace tilewright::cost {

/// Predicts how good states are, and learns from measurements.
class CostModel {
 public:
  virtual ~CostModel() = default;
  /// One score per state, higher is better; -inf for a state that can't be lowered. Comparable within one task only.
  virtual std::vector<double> predict(const measure::Task& task, std::span<const schedule::State> states) = 0;
  virtual void update(const measure::Task& task, std::span<const schedule::State> states,
                      std::span<const measure::Measurement> results) = 0;
};

}  // namespace tilewright::cost
