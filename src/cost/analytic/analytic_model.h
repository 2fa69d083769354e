#pragma once

#include <vector>

#include "cost/analytic/compute.h"
#include "cost/analytic/machine.h"
#include "cost/analytic/parallelism.h"
#include "cost/analytic/traffic.h"
#include "cost/cost_model.h"
#include "loop/program.h"

namespace tilewright::cost {

/// What the analytic model says of a program, in core cycles of one run. A heuristic: meant to rank, not to predict.
struct Estimate {
  double cycles = 0;                      ///< in all
  double compute = 0;                     ///< all data in L1
  double traffic[Machine::kLevels] = {};  ///< into L1, L2, L3
  double fork = 0;                        ///< parallel loops
  Estimate& operator+=(const Estimate& other);
};

/// A program with what the model says of its leaves, one entry per leaf in each.
struct Analysis {
  Analysis(const loop::Program& program, const Machine& machine);

  Nest nest;
  Footprints footprints;
  std::vector<LeafCompute> compute;
  std::vector<Traffic> traffic;
  std::vector<Parallelism> parallelism;
  std::vector<Estimate> leaves;  ///< `cycles`: a leaf's share of those of its top-level nest; they add up to `total`
  Estimate total;
};

/// Time of a program as the sum over its top-level nests of what binds each: arithmetic (compute.h) or a cache level
/// (traffic.h), divided by the cores that share the work (parallelism.h). Where two bind almost alike they do not
/// overlap fully: every term but the largest counts kOverlap of itself. Threads: pure.
Estimate estimate(const loop::Program& program, const Machine& machine);

/// The analytic model: needs no measurement and learns nothing. Score = -log2 of the estimated cycles.
class AnalyticCostModel : public CostModel {
 public:
  explicit AnalyticCostModel(const ModelOptions& options)
      : machine_(machine_of(options.target)), threads_(options.threads) {}
  std::vector<double> predict(const task::Task& task, std::span<const backend::ScheduledProgram> programs) override;
  void update(const task::Task&, std::span<const backend::ScheduledProgram>,
              std::span<const task::Measurement>) override {}

 private:
  Machine machine_;
  int threads_;
};

}  // namespace tilewright::cost
