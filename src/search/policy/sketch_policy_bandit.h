#pragma once

#include <deque>

#include "search/policy/sketch_policy.h"

namespace tilewright::search {

/// A sliding-window bandit for the best sample, not the mean one: a sketch is worth what its upper tail promises.
///
/// Model    x = log2(best time so far / time), at most 0, of the last kTimesKept candidates of a sketch. Its upper half
/// is
///          taken for an exponential tail over the median u with mean excess b (peaks over threshold), so one more
///          sample beats the incumbent by 0.5 * b * exp(u / b) in expectation; b is raised while samples are few.
///          Shares go by that, with a floor. After kEnough samples a sketch gets nothing once even the best of kFuture
///          more samples would, by the raised tail, stay 10 % behind the incumbent.
/// Source   Cicirello, Smith, "The Max K-Armed Bandit", AAAI 2005; extreme-value credit: Fialho et al., PPSN 2008.
class BanditSketchPolicy : public SketchPolicy {
 public:
  explicit BanditSketchPolicy(int sketches) : arms_(static_cast<std::size_t>(sketches)) {}
  std::vector<double> shares() const override;
  void observe(std::span<const Outcome> outcomes) override;

 private:
  struct Tail {
    double median, excess;  ///< of x, log2
  };
  Tail tail_of(const std::deque<double>& log_times) const;

  std::vector<std::deque<double>> arms_;  ///< log2 of the last times
  double log_best_ = 0;
  bool any_ = false;
};

}  // namespace tilewright::search
