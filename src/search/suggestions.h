#pragma once

#include <vector>

#include "search/measured_set.h"

namespace tilewright::search {

/// States that were fast elsewhere, on another machine for example, and are worth a measurement here.
class Suggestions {
 public:
  /// `time_s`: there; only the order counts.
  void add(Candidate candidate, double time_s);
  /// The next `count`, fastest first, that are not among `measured`; none after kMost of them.
  std::vector<Candidate> next(const MeasuredSet& measured, int count);

  static constexpr int kMost = 32;  ///< what is further behind elsewhere is hardly best here

 private:
  std::vector<MeasuredSet::Entry> waiting_;  ///< slowest first
  int given_ = 0;
};

}  // namespace tilewright::search
