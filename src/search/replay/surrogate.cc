#include "search/replay/surrogate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "base/rng.h"
#include "cost/analytic/analytic_model.h"
#include "loop/lower.h"
#include "search/evolve/canonicalize.h"

namespace tilewright::search {
namespace {

constexpr std::size_t kNeighbours = 6;

/// log2 of the analytic model's cycles; nothing if the state does not lower.
std::optional<double> analytic(const schedule::State& state, const cost::Machine& machine) {
  const auto program = loop::lower(state);
  if (!program) return std::nullopt;
  return std::log2(1 + cost::estimate(*program, machine).cycles);
}

/// A standard normal number that belongs to a state (Box and Muller).
double noise_of(std::uint64_t hash) {
  Rng rng(hash);
  const double radius = std::sqrt(-2 * std::log(1 - rng.uniform()));
  return radius * std::cos(2 * std::numbers::pi * rng.uniform());
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Surrogate::Surrogate(const task::Task& task, std::span<const task::Record> records, const cost::Machine& machine)
    : machine_(machine), fastest_s_(std::numeric_limits<double>::infinity()) {
  std::vector<double> compile, run;
  for (const task::Record& record : records) {
    if (record.workload_key != task.key || record.result.error_text == task::kNotMeasured) continue;
    Result<schedule::State> state = schedule::State::replay(task.dag, record.steps);
    if (!state) continue;
    const auto hash = canonicalize(*state);
    if (!hash || !recorded_.try_emplace(*hash, record.result).second) continue;
    const auto cycles = analytic(*state, machine_);
    if (record.result.times_s.empty() || !cycles) {
      ++failed_;
      continue;
    }
    const double log_time = std::log2(record.result.time_s());
    by_skeleton_[position_of(*state).skeleton].push_back(valid());
    known_.push_back({position_of(*state), log_time - *cycles, log_time, record.result.compile_s, record.result.run_s});
    mean_excess_ += log_time - *cycles;
    fastest_s_ = std::min(fastest_s_, record.result.time_s());
    compile.push_back(record.result.compile_s), run.push_back(record.result.run_s);
  }
  if (!known_.empty()) mean_excess_ /= static_cast<double>(known_.size());
  compile_s_ = median(std::move(compile)), run_s_ = median(std::move(run));
  judge_itself();
}

double Surrogate::guess_excess(const StatePosition& position, int left_out) const {
  const auto alike = by_skeleton_.find(position.skeleton);
  if (alike == by_skeleton_.end()) return mean_excess_;
  std::vector<std::pair<double, int>> nearest;
  for (int k : alike->second)
    if (k != left_out)
      nearest.emplace_back(squared_distance(position, known_[static_cast<std::size_t>(k)].position), k);
  const std::size_t count = std::min(kNeighbours, nearest.size());
  if (count == 0) return mean_excess_;
  std::partial_sort(nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(count), nearest.end());
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = 1 / (1 + nearest[i].first);
    sum += weight * known_[static_cast<std::size_t>(nearest[i].second)].excess, weights += weight;
  }
  return sum / weights;
}

/// Guesses every measured state from the others.
void Surrogate::judge_itself() {
  std::vector<double> guess(known_.size());
  double squares = 0;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const double error = guess_excess(known_[i].position, static_cast<int>(i)) - known_[i].excess;
    guess[i] = known_[i].log_time + error;
    squares += error * error;
  }
  if (known_.size() > 1) roughness_ = std::sqrt(squares / static_cast<double>(known_.size()));
  double right = 0, pairs = 0;
  for (std::size_t i = 0; i < known_.size(); ++i)
    for (std::size_t j = i + 1; j < known_.size(); ++j) {
      if (known_[i].log_time == known_[j].log_time) continue;
      ++pairs;
      right += (guess[i] < guess[j]) == (known_[i].log_time < known_[j].log_time);
    }
  if (pairs > 0) accuracy_ = right / pairs;
}

task::Measurement Surrogate::measure(const schedule::State& given) const {
  schedule::State state = given;
  task::Measurement answer{.compile_s = compile_s_, .run_s = run_s_};
  const auto hash = canonicalize(state);
  const auto cycles = hash ? analytic(state, machine_) : std::nullopt;
  if (!cycles) {
    answer.error = task::ErrorKind::instantiation, answer.error_text = "does not lower";
    return answer;
  }
  if (const auto found = recorded_.find(*hash); found != recorded_.end()) return found->second;
  const double log_time = *cycles + guess_excess(position_of(state), -1) + roughness_ * noise_of(*hash);
  answer.times_s = {std::max(fastest_s_, std::exp2(log_time))};
  return answer;
}

}  // namespace tilewright::search
