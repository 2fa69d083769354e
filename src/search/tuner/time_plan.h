#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace tilewright::search {

/// How long rounds and re-measurements take, learnt from those before, so that a search with a time budget begins
/// nothing that would not end in time.
class TimePlan {
 public:
  static constexpr int kLeastCandidates = 4;  ///< fewer are not worth the breeding of a round

  explicit TimePlan(std::size_t tasks) : rounds_(tasks) {}

  /// To measure a default schedule took so long.
  void note_default(double seconds);
  /// A round of a task measured so many candidates in `measuring_s`, and took `other_s` besides, to breed and to learn.
  void note_round(std::size_t task, int candidates, double measuring_s, double other_s);
  /// A re-measurement that was expected to take `expected_s` took `actual_s`.
  void note_contest(double expected_s, double actual_s);

  /// There is time for another default schedule; the first is always begun if there is any.
  bool fits_default(double left_s) const { return left_s > 0 && left_s >= default_s_; }
  /// How many candidates of a task can be bred and measured in the time left, at most `wanted`; 0: not as many as are
  /// worth it.
  int candidates_within(double left_s, std::size_t task, int wanted) const;
  /// About how long a re-measurement takes, by those before.
  double remeasurement_s(double expected_s) const { return remeasurement_ratio_ * expected_s; }

 private:
  struct Round {
    double per_candidate_s = 0, other_s = 0;
  };
  std::vector<std::optional<Round>> rounds_;  ///< by task, the last
  Round dearest_;                             ///< of all tasks: what one is taken to cost that had no round yet
  double default_s_ = 0;                      ///< the dearest
  double remeasurement_ratio_ = 1;
};

}  // namespace tilewright::search
