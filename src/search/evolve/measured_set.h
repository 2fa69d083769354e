#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <unordered_set>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "search/policy/program_features.h"
#include "task/measurement.h"

namespace tilewright::search {

/// What may be, or was, measured, and where it came from.
struct Candidate {
  backend::ScheduledProgram program;
  int sketch = -1;          ///< position among the space's sketches; -1: none of them
  int mutation = -1;        ///< the rule that made it; -1: sampled
  double parent_score = 0;  ///< with `mutation`: what the cost model says of the parent
  double score = 0;         ///< what the cost model says of it
  int attempt = -1;         ///< with `mutation`: which of its generation
  double parent_time_s = std::numeric_limits<double>::infinity();  ///< if the parent was measured
  ProgramFeatures parent{};                                        ///< if the mutation policy looks at programs

  const schedule::State& state() const { return program.state(); }
  std::uint64_t hash() const { return program.hash(); }
};

/// The candidates' programs, which share theirs.
std::vector<backend::ScheduledProgram> programs_of(std::span<const Candidate> candidates);

/// Everything measured for one task. States count as equal when their text form is (structural hash).
class MeasuredSet {
 public:
  struct Entry {
    Candidate candidate;
    double time_s;
  };
  /// Remembers a state, whatever became of it, but not its program. `time_s` is kNever for a failed one.
  void add(const Candidate& candidate, double time_s);
  /// A state's time is known better now; kNever: it failed after all. Nothing happens if it is not a valid one.
  void correct(std::uint64_t hash, double time_s);
  bool contains(std::uint64_t hash) const { return hashes_.contains(hash); }
  /// The valid ones, fastest first; equal times in the order in which they were measured.
  const std::vector<Entry>& valid() const { return valid_; }
  int size() const { return static_cast<int>(hashes_.size()); }

 private:
  std::unordered_set<std::uint64_t> hashes_;
  std::vector<Entry> valid_;
};

}  // namespace tilewright::search
