#include "search/policy/sketch_agent.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/json_text.h"

namespace tilewright::search {
namespace {

constexpr double kPriorVariance = 0.25, kNoise = 0.3;  ///< of values, which are log2 of speed-ups per slot
constexpr double kMostSum = 1e12;                      ///< over what was learned; training leads to thousands
constexpr int kRows = static_cast<int>(kSketchFeatures.size());
using Square = Eigen::Matrix<double, kRows, kRows, Eigen::RowMajor>;
using Vector = Eigen::Matrix<double, kRows, 1>;

/// The precision of data and prior together, factored.
Eigen::LLT<Square> with_prior(const double* precision) {
  return Eigen::LLT<Square>(Eigen::Map<const Square>(precision) + Square::Identity() / kPriorVariance);
}

double normal(Rng& rng) {
  return std::sqrt(-2 * std::log(1 - rng.uniform())) * std::cos(2 * std::numbers::pi * rng.uniform());
}

}  // namespace

SketchAgent::SketchAgent() { solve(); }

double SketchAgent::value(const SketchFeatures& x) const {
  double sum = 0;
  for (std::size_t i = 0; i < kSketchFeatures.size(); ++i) sum += weights_[i] * x[i];
  return sum;
}

void SketchAgent::learn(const SketchFeatures& x, double target) {
  Eigen::Map<Square> precision(precision_.data());
  Eigen::Map<Vector> moment(moment_.data());
  const Eigen::Map<const Vector> row(x.data());
  precision += row * row.transpose() / (kNoise * kNoise);
  moment += row * target / (kNoise * kNoise);
  ++observations_;
  solve();
}

void SketchAgent::solve() {
  const Eigen::LLT<Square> factors = with_prior(precision_.data());
  Eigen::Map<Vector>(weights_.data()) = factors.solve(Eigen::Map<const Vector>(moment_.data()));
  // covariance = (L L')^-1 = L'^-1 L^-1
  Eigen::Map<Square>(spread_.data()) = factors.matrixU().solve(Square::Identity());
}

std::vector<double> SketchAgent::chances_to_be_best(std::span<const SketchFeatures> rows, int draws, Rng& rng) const {
  std::vector<double> chances(rows.size(), 0);
  const Eigen::Map<const Square> spread(spread_.data());
  for (int d = 0; d < draws; ++d) {
    Vector noise;
    for (int i = 0; i < kRows; ++i) noise[i] = normal(rng);
    const Vector weights = Eigen::Map<const Vector>(weights_.data()) + spread * noise;
    std::size_t best = 0;
    double largest = -1e300;
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (const double value = weights.dot(Eigen::Map<const Vector>(rows[k].data())); value > largest)
        largest = value, best = k;
    chances[best] += 1.0 / draws;
  }
  return chances;
}

void SketchAgent::temper(double observations) {
  if (observations_ <= observations) return;
  const double share = observations / observations_;
  for (double& p : precision_) p *= share;
  for (double& m : moment_) m *= share;
  observations_ = observations;
  solve();
}

nlohmann::json SketchAgent::to_json() const {
  return {
      {"features", kSketchFeatures}, {"observations", observations_}, {"precision", precision_}, {"moment", moment_}};
}

SketchAgent SketchAgent::from_json(const nlohmann::json& json) {
  const auto names = json.at("features").get<std::vector<std::string>>();
  for (std::string_view own : kSketchFeatures)
    if (std::find(names.begin(), names.end(), own) == names.end())
      throw Error(Code::bad_input, "the trained sketch policy has no feature '{}'; train it again", own);
  if (names.size() != kSketchFeatures.size())
    throw Error(Code::bad_input, "the trained sketch policy has {} features, this program {}; train it again",
                names.size(), kSketchFeatures.size());
  SketchAgent agent;
  agent.observations_ = real_number(json, "observations", 0, kMostSum);
  std::ranges::copy(real_numbers(json, "precision", agent.precision_.size(), -kMostSum, kMostSum),
                    agent.precision_.begin());
  std::ranges::copy(real_numbers(json, "moment", agent.moment_.size(), -kMostSum, kMostSum), agent.moment_.begin());
  if (with_prior(agent.precision_.data()).info() != Eigen::Success)
    throw Error(Code::bad_input,
                "the trained sketch policy has a precision that no observations lead to; train it again");
  agent.solve();
  return agent;
}

}  // namespace tilewright::search
