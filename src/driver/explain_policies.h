#pragma once

#include <string>
#include <utility>
#include <vector>

#include "schedule/state.h"
#include "target/target_spec.h"
#include "task/task.h"

namespace tilewright::driver {

/// What the trained policy `learned` thinks of a mutation rule on one program.
struct MoveOpinion {
  std::string name;
  double chance;  ///< that the child is better
  double gain;    ///< when it is, in standard deviations of a generation
  double odds;    ///< that the rule is drawn
  /// The features that move the chance most, and by how much (log-odds), the largest first; without the constant term.
  std::vector<std::pair<std::string, double>> reasons;
};

/// What it thinks of moving a factor between two tile levels of an axis, which a rule of that kind would do.
struct FactorOpinion {
  std::string axis;      ///< its loop before it was split
  std::string role;      ///< vector, row or reduction
  std::size_t from, to;  ///< levels, 0 the outermost
  std::int64_t factor;
  double gain;  ///< log2 of the speed won
  /// What the change of one feature alone would win, the largest first.
  std::vector<std::pair<std::string, double>> reasons;
};

/// What the trained policies would try next from a program, before they have seen anything of its task.
struct PolicyOpinions {
  std::vector<MoveOpinion> moves;      ///< most likely first
  std::vector<FactorOpinion> factors;  ///< the most promising of many draws, best first
  std::vector<double> sketch_shares;   ///< by q-learning: of the first batch, per sketch of the space full
  int sketch = -1;                     ///< which of them the program is of; -1: none
};
PolicyOpinions policy_opinions(const task::Task& task, const schedule::State& state, const target::TargetSpec& target,
                               int threads);

}  // namespace tilewright::driver
