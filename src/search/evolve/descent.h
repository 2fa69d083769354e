#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "cost/cost_model.h"
#include "search/evolve/measured_set.h"
#include "search/tuner/batch.h"
#include "search/tuner/options.h"
#include "task/task.h"

namespace tilewright::search {

/// Coordinate-like descent on measured states: the neighbours of the fastest state, best predicted first, a batch at a
/// time; a neighbour that is faster becomes the next centre at once. Evolution leaves a local optimum 5 to 20 % away
/// that about twenty such steps find.
class Descent {
 public:
  /// `target`: that programs are made for; `vector_lanes`: elements of a vector register.
  Descent(const task::Task& task, backend::TargetRef target, cost::CostModel& model, const DescentOptions& options,
          int vector_lanes = 1)
      : task_(task), target_(std::move(target)), model_(model), options_(options), vector_lanes_(vector_lanes) {}

  /// Up to `count` unmeasured and new neighbours of the fastest state that has some left; none when the best `centers`
  /// states have none.
  std::vector<Candidate> next(const MeasuredSet& measured, int count, const IsNew& is_new);

 private:
  std::vector<Candidate> around(const Candidate& center, const MeasuredSet& measured) const;

  const task::Task& task_;
  backend::TargetRef target_;
  cost::CostModel& model_;
  DescentOptions options_;
  int vector_lanes_;
  std::unordered_set<std::uint64_t> finished_;  ///< states whose neighbours are all measured, or not worth it
};

}  // namespace tilewright::search
