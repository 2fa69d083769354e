#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "base/error.h"
#include "base/rng.h"
#include "search/policy/sketch_features.h"

namespace tilewright::search {

/// What is known over all tasks about the value of giving a sketch the next slots: a linear Q function of its features,
/// by Bayesian least squares, so that what was seldom seen stays uncertain.
///
/// Model    Q(x) = w · x, prior w ~ N(0, kPriorVariance), observation noise kNoise; precision and moment are sums over
///          what was learned. Source: Azizzadenesheli et al., "Efficient exploration through Bayesian deep Q-networks",
///          ITA 2018, without the network.
class SketchAgent {
 public:
  SketchAgent();
  double value(const SketchFeatures& x) const;
  /// One observation: the value was `target`.
  void learn(const SketchFeatures& x, double target);
  /// How often each row has the largest value over `draws` weights drawn from the posterior; adds up to 1.
  std::vector<double> chances_to_be_best(std::span<const SketchFeatures> rows, int draws, Rng& rng) const;
  double observations() const { return observations_; }

  /// With what it knows weighing as `observations` of them at most, so that new tasks can still teach it.
  void temper(double observations);
  nlohmann::json to_json() const;
  /// Errors: Error(bad_input) if `json` is of other features; both lists' difference is named.
  static SketchAgent from_json(const nlohmann::json& json);

 private:
  static constexpr std::size_t kSize = kSketchFeatures.size();
  void solve();

  std::array<double, kSize * kSize> precision_{};  ///< of the data, without the prior; row by row
  std::array<double, kSize> moment_{};
  double observations_ = 0;
  std::array<double, kSize> weights_{};
  std::array<double, kSize * kSize> spread_{};  ///< upper triangle U with U * U' = covariance
};

}  // namespace tilewright::search
