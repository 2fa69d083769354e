#include "search/policy/program_value.h"

#include <Eigen/Dense>
#include <algorithm>

#include "base/json_text.h"

namespace tilewright::search {
namespace {

constexpr float kStrength = 30;       ///< of the prior, in rows: what ranked held-out operators best (decision 14)
constexpr float kOtherTasks = 0.25f;  ///< what a row of another task of the run counts
constexpr double kMostWeight = 1e6;   ///< of the prior; training leads to 0.4
constexpr double kWorstLog2 = 4;      ///< log2: what is slower than the best by more is as bad as this

using Matrix = Eigen::Map<Eigen::MatrixXf>;
using ConstMatrix = Eigen::Map<const Eigen::MatrixXf>;
using ConstVector = Eigen::Map<const Eigen::VectorXf>;

std::vector<float> terms_of(const ProgramFeatures& x) {
  std::vector<float> terms;
  terms.reserve(kValueTerms);
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = i; j < x.size(); ++j) terms.push_back(x[i] * x[j]);
  return terms;
}

}  // namespace

PairSums::PairSums() : products_(std::size_t{kValueTerms} * kValueTerms, 0.0f), moments_(kValueTerms, 0.0f) {}

void PairSums::add(const std::vector<float>& centred_terms, float centred_value, float weight) {
  const ConstVector terms(centred_terms.data(), kValueTerms);
  Matrix(products_.data(), kValueTerms, kValueTerms).selfadjointView<Eigen::Lower>().rankUpdate(terms, weight);
  Eigen::Map<Eigen::VectorXf>(moments_.data(), kValueTerms) += weight * centred_value * terms;
}

void PairSums::add(const PairSums& other, float share) {
  for (std::size_t i = 0; i < products_.size(); ++i) products_[i] += share * other.products_[i];
  for (std::size_t i = 0; i < moments_.size(); ++i) moments_[i] += share * other.moments_[i];
}

std::vector<float> PairSums::solve(const std::vector<float>& prior, float strength) const {
  Eigen::MatrixXf a = ConstMatrix(products_.data(), kValueTerms, kValueTerms);
  a.diagonal().array() += strength;
  std::vector<float> weights(kValueTerms);
  Eigen::Map<Eigen::VectorXf>(weights.data(), kValueTerms) = Eigen::LLT<Eigen::MatrixXf, Eigen::Lower>(a).solve(
      ConstVector(moments_.data(), kValueTerms) + strength * ConstVector(prior.data(), kValueTerms));
  return weights;
}

nlohmann::json ValueMemory::to_json() const {
  return {{"features", kProgramFeatures}, {"weights", sums.solve(prior, kStrength)}};
}

ValueMemory ValueMemory::from_json(const nlohmann::json& json) {
  const auto names = json.at("features").get<std::vector<std::string>>();
  if (!std::ranges::equal(names, kProgramFeatures))
    throw Error(Code::bad_input, "the trained program value has other features than this program; train it again");
  ValueMemory memory;
  if (const std::size_t weights = json.at("weights").size(); weights != std::size_t{kValueTerms})
    throw Error(Code::bad_input, "the trained program value has {} weights, this program {}; train it again", weights,
                kValueTerms);
  std::ranges::transform(real_numbers(json, "weights", memory.prior.size(), -kMostWeight, kMostWeight),
                         memory.prior.begin(), [](double weight) { return static_cast<float>(weight); });
  return memory;
}

ProgramValue::ProgramValue(ValueMemory& memory) : memory_(memory) { solve(); }

double ProgramValue::operator()(const ProgramFeatures& features) const {
  std::array<float, kColumns> sums{};
  for (std::size_t i = 0; i < features.size(); ++i)
    for (std::size_t j = 0; j < kColumns; ++j) sums[j] += features[i] * rows_[i][j];
  float value = 0;
  for (std::size_t j = 0; j < features.size(); ++j) value += sums[j] * features[j];
  return value;
}

void ProgramValue::learn(std::span<const Sample> samples) {
  if (samples.empty()) return;
  for (const Sample& sample : samples) best_ = std::max(best_, sample.log2_speed);
  for (const Sample& sample : samples) add(sample);
  solve();
}

/// Welford: a row that joins n others adds n / (n + 1) of the product of its distances from their mean.
void ProgramValue::add(const Sample& sample) {
  Group& group = groups_[sample.sketch];
  std::vector<float> terms = terms_of(sample.features);
  const double value = std::max(sample.log2_speed, best_ - kWorstLog2);
  group.mean_terms.resize(kValueTerms, 0.0f);
  const int n = group.size++;
  const float share = 1.0f / static_cast<float>(n + 1);
  const double behind = value - group.mean_value;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    terms[i] -= group.mean_terms[i];
    group.mean_terms[i] += share * terms[i];
  }
  group.mean_value += share * behind;
  if (n == 0) return;
  const float weight = static_cast<float>(n) * share;
  sums_.add(terms, static_cast<float>(behind), weight);
  memory_.sums.add(terms, static_cast<float>(behind), weight);
}

/// Other tasks' rows count less; this task's are among all of the run's.
void ProgramValue::solve() {
  PairSums sums;
  sums.add(memory_.sums, kOtherTasks);
  sums.add(sums_, 1 - kOtherTasks);
  const std::vector<float> weights = sums.solve(memory_.prior, kStrength);
  auto weight = weights.begin();
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (std::size_t j = i; j < rows_.size(); ++j) rows_[i][j] = *weight++;
}

}  // namespace tilewright::search
