#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "target/target_spec.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright::cost {

/// Predicts how good programs are, and learns from measurements. One model serves all tasks of a run.
/// Threads: called from one thread; a model spreads the work of one call over threads itself, and its answers do not
/// depend on how many there are.
class CostModel {
 public:
  virtual ~CostModel() = default;
  /// One score per program, higher is better; -inf for a state that can't be lowered. Comparable within one task only.
  /// Of all programs no more is kept than the state: hundreds at a time would push each other out of the caches.
  virtual std::vector<double> predict(const task::Task& task, std::span<const backend::ScheduledProgram> programs) = 0;
  /// Remembers what was measured; `results[i]` belongs to `programs[i]`. Failed candidates are passed too.
  virtual void update(const task::Task& task, std::span<const backend::ScheduledProgram> programs,
                      std::span<const task::Measurement> results) = 0;
  /// Learns from what it remembers, if there is enough that is new.
  virtual void learn() {}
  /// Its scores mean something; those of a model that starts without a prior do not before it has learned.
  virtual bool knows() const { return true; }
};

/// What every model is made from.
struct ModelOptions {
  target::TargetSpec target;  ///< the machine that is predicted; `target.cores` is how many threads a kernel runs with
  int threads = 1;            ///< to spread a prediction over
  std::uint64_t seed = 0;
  bool priors = true;  ///< start from what was learned on other operators
};

/// A model by name: "random", "analytic", "gbdt" (Ansor's) or "hybrid" (analytic, corrected by what was learned).
/// Errors: Error(usage) that names the known ones.
std::unique_ptr<CostModel> make_cost_model(std::string_view name, const ModelOptions& options);

}  // namespace tilewright::cost
