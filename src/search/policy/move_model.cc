#include "search/policy/move_model.h"

#include <algorithm>
#include <cmath>

#include "base/json_text.h"

namespace tilewright::search {
namespace {

constexpr double kRate = 0.15;
constexpr double kFirstBias = -2;                     ///< a rule never tried improves one program in eight
constexpr double kMostWeight = 1e6, kMostSum = 1e12;  ///< training leads to 2 and 1e6
constexpr double kGainRate = 0.02;                    ///< of the sliding mean

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

double MoveModel::Move::chance(const ProgramFeatures& parent) const {
  double sum = 0;
  for (std::size_t i = 0; i < parent.size(); ++i) sum += weights[i] * parent[i];
  return logistic(sum);
}

void MoveModel::Move::learn(const ProgramFeatures& parent, double won, double weight) {
  const double error = (won > 0 ? 1.0 : 0.0) - chance(parent);
  for (std::size_t i = 0; i < parent.size(); ++i) {
    const double gradient = weight * error * parent[i];
    squares[i] += gradient * gradient;
    weights[i] += kRate * gradient / std::sqrt(1 + squares[i]);
  }
  if (won > 0) gain += std::min(1.0, kGainRate * weight) * (won - gain);
  ++attempts;
}

MoveModel::Move& MoveModel::of(const std::string& name) {
  const auto [at, added] = moves_.try_emplace(name);
  if (added) at->second.weights[0] = kFirstBias;
  return at->second;
}

nlohmann::json MoveModel::to_json() const {
  nlohmann::json moves = nlohmann::json::object();
  for (const auto& [name, move] : moves_)
    if (move.attempts > 0)
      moves[name] = {
          {"weights", move.weights}, {"squares", move.squares}, {"gain", move.gain}, {"attempts", move.attempts}};
  return {{"features", kProgramFeatures}, {"moves", std::move(moves)}};
}

MoveModel MoveModel::from_json(const nlohmann::json& json) {
  const auto names = json.at("features").get<std::vector<std::string>>();
  for (std::string_view own : kProgramFeatures)
    if (std::find(names.begin(), names.end(), own) == names.end())
      throw Error(Code::bad_input, "the trained mutation policy has no feature '{}'; train it again", own);
  if (names.size() != kProgramFeatures.size())
    throw Error(Code::bad_input, "the trained mutation policy has {} features, this program {}; train it again",
                names.size(), kProgramFeatures.size());
  MoveModel model;
  for (const auto& [name, move] : json.at("moves").items()) {
    Move& own = model.moves_[name];
    std::ranges::copy(real_numbers(move, "weights", own.weights.size(), -kMostWeight, kMostWeight),
                      own.weights.begin());
    std::ranges::copy(real_numbers(move, "squares", own.squares.size(), 0, kMostSum), own.squares.begin());
    own.gain = real_number(move, "gain", 0, kMostWeight);
    own.attempts = real_number(move, "attempts", 0, kMostSum);
  }
  return model;
}

}  // namespace tilewright::search
