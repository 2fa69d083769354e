#pragma once

#include <vector>

#include "search/evolve/measured_set.h"

namespace tilewright::search {

/// States that were fast elsewhere, on another machine for example, and are worth a measurement here.
class Suggestions {
 public:
  /// `time_s`: there; only the order counts.
  void add(Candidate candidate, double time_s);
  /// The next `count`, fastest first, that are not among `measured`.
  std::vector<Candidate> next(const MeasuredSet& measured, int count);

  static constexpr int kMost = 32;  ///< so many wait; what is further behind elsewhere is hardly best here

 private:
  std::vector<MeasuredSet::Entry> waiting_;  ///< slowest first
};

}  // namespace tilewright::search
