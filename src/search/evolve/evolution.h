#pragma once

#include <vector>

#include "base/rng.h"
#include "cost/cost_model.h"
#include "search/evolve/measured_set.h"
#include "search/policy/mutation_policy.h"
#include "search/policy/sketch_policy.h"
#include "search/tuner/batch.h"
#include "search/tuner/options.h"
#include "search/tuner/result.h"
#include "space/search_space.h"
#include "task/task.h"

namespace tilewright::search {

/// Breeds the states of one task that are worth measuring next: samples, mutates the best measured and the best
/// predicted ones over a few generations, and ranks all of them by the cost model.
///
/// No state is scored twice in a round, and none is proposed that was measured before. Every draw has its own random
/// source, decided before the work is spread over threads: the outcome does not depend on how many there are.
class Evolution {
 public:
  /// `target`: that programs are made for. All that is referred to must outlive the object.
  Evolution(const task::Task& task, backend::TargetRef target, const space::SearchSpace& space, cost::CostModel& model,
            SketchPolicy& sketches, MutationPolicy& mutations, const EvolutionOptions& options, int threads);

  /// Up to `count` distinct states, none measured, all new (pick_batch), best predicted first with the random ones
  /// last. Fewer when that is all that could be found; none when the space seems exhausted.
  std::vector<Candidate> breed(const MeasuredSet& measured, int count, const IsNew& is_new, Rng& rng);
  /// Of the last call; what was measured is not filled in.
  const RoundTrace& trace() const { return trace_; }

 private:
  class Pool;
  struct Parent {
    const Candidate* candidate;
    double time_s;  ///< infinity: it was not measured
  };
  using Attempt = MutationPolicy::Outcome;
  std::vector<Candidate> sample(int count, Rng& rng) const;
  /// How much of the first `count` belongs to each sketch.
  std::vector<double> shares_of_first(const std::vector<Candidate>& ranked, int count) const;
  std::vector<Candidate> mutate(const std::vector<Parent>& parents, std::vector<Attempt>& attempts, Rng& rng) const;
  std::vector<Parent> choose_parents(const MeasuredSet& measured, const Pool& pool, int count, Rng& rng) const;
  void score(std::vector<Candidate>& candidates) const;
  void report(const std::vector<Candidate>& children, std::vector<Attempt> attempts, double bar);

  const task::Task& task_;
  backend::TargetRef target_;
  const space::SearchSpace& space_;
  cost::CostModel& model_;
  SketchPolicy& sketches_;
  MutationPolicy& mutations_;
  EvolutionOptions options_;
  int threads_;
  RoundTrace trace_;
};

}  // namespace tilewright::search
