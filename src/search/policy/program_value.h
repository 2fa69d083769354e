#pragma once

#include <array>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "search/policy/program_features.h"

namespace tilewright::search {

/// A row and a column for every product of two features; the constant feature makes the features themselves some of
/// them.
inline constexpr int kValueTerms = static_cast<int>(kProgramFeatures.size() * (kProgramFeatures.size() + 1) / 2);

/// Sums of least squares over differences within groups: what (A, b) of A w = b are made of.
///
/// Model    y_i - y_j = w · (t_i - t_j) for all pairs i, j of a group, t the products of two features. Summed over
/// pairs
///          that is least squares on t and y less their group's means, kept up to date row by row (Welford).
class PairSums {
 public:
  PairSums();
  void add(const std::vector<float>& centred_terms, float centred_value, float weight);
  void add(const PairSums& other, float share);
  /// w that solves (A + strength I) w = b + strength * prior.
  std::vector<float> solve(const std::vector<float>& prior, float strength) const;

 private:
  std::vector<float> products_;  ///< lower triangle of A, column by column in a full matrix
  std::vector<float> moments_;   ///< b
};

/// What is known over all tasks of a program's speed from its tiles: within a sketch of a task, log2 of the speed is
/// about linear in the products of two features. So the difference of two programs' values is log2 of how much faster
/// one is.
struct ValueMemory {
  std::vector<float> prior = std::vector<float>(kValueTerms, 0.0f);  ///< trained offline
  PairSums sums;                                                     ///< of this run's tasks

  nlohmann::json to_json() const;
  /// Errors: Error(bad_input) if `json` is of other features.
  static ValueMemory from_json(const nlohmann::json& json);
};

/// The value of one task's programs: what is known over all tasks, and what was measured of this one. Thread-safe but
/// for `learn`.
class ProgramValue {
 public:
  explicit ProgramValue(ValueMemory& memory);
  /// log2 of speed, up to a constant of the sketch.
  double operator()(const ProgramFeatures& features) const;

  struct Sample {
    int sketch;
    ProgramFeatures features;
    double log2_speed;
  };
  void learn(std::span<const Sample> samples);

 private:
  struct Group {
    int size = 0;
    std::vector<float> mean_terms;
    double mean_value = 0;
  };
  void add(const Sample& sample);
  void solve();

  ValueMemory& memory_;
  std::map<int, Group> groups_;                                                   ///< by sketch
  double best_ = -1e300;                                                          ///< log2 of speed
  PairSums sums_;                                                                 ///< of this task
  static constexpr std::size_t kColumns = (kProgramFeatures.size() + 3) / 4 * 4;  ///< whole vectors
  std::array<std::array<float, kColumns>, kProgramFeatures.size()> rows_{};  ///< weights of products; upper triangle
};

}  // namespace tilewright::search
