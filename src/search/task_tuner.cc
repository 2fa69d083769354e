#include "search/task_tuner.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "search/settle.h"
#include "search/transfer.h"

namespace tilewright::search {
namespace {

bool is_valid(const measure::Measurement& m) { return m.error == measure::ErrorKind::none && !m.times_s.empty(); }

}  // namespace

TaskTuner::TaskTuner(const measure::Task& task, const space::Hardware& hardware, cost::CostModel& model,
                     const TuneOptions& options)
    : task_(task),
      model_(model),
      options_(options),
      space_(task.dag, hardware, options.space),
      sketches_(make_sketch_policy(options.sketch_policy)),
      mutations_(make_mutation_policy(options.mutation_policy, space_.mutations())),
      evolution_(task_, space_, model_, *sketches_, *mutations_, options_.evolution, options_.threads),
      descent_(task_, model_, options_.descent),
      rng_(hash_mix(options.seed, hash_bytes(task.key))),
      default_(space_.default_state()) {
  const auto hash = settle(default_);
  TW_CHECK(hash.has_value(), "the default schedule of {} has no program", task.description);
  default_hash_ = *hash;
  result_.workload_key = task.key;
  result_.description = task.description;
  result_.flops = task.flops;
  result_.count = task.count;
}

Status TaskTuner::resume(const measure::Record& record) {
  Result<schedule::State> state = schedule::State::replay(task_.dag, record.steps);
  if (!state) return state.failure();
  const auto hash = settle(*state);
  if (!hash) return failure("has no program");
  const double score = model_.predict(task_, {&*state, 1}).front();
  ++result_.resumed;
  model_.update(task_, {&*state, 1}, {&record.result, 1});
  add({std::move(*state), *hash, -1, -1, 0, score}, record.result);
  measuring_s_ += record.result.compile_s + record.result.run_s;
  if (result_.resumed % options_.batch == 0) history_.push_back(result_.best_s);
  return {};
}

std::vector<Candidate> TaskTuner::propose(int count, double left) {
  before_round_ = result_.best_s;
  if (!has_default_) return default_candidate();
  if (!descending_) descending_ = should_descend(left);
  if (descending_) {
    std::vector<Candidate> batch = descent_.next(measured_, count);
    if (!batch.empty()) return batch;
    descending_ = false;
    stalled_ = 0;
  }
  std::vector<Candidate> batch = std::exchange(suggested_, {});
  std::erase_if(batch, [&](const Candidate& c) { return measured_.contains(c.hash); });
  batch.resize(std::min(batch.size(), static_cast<std::size_t>(count)));
  if (std::ssize(batch) < count) {
    std::unordered_set<std::uint64_t> taken;
    for (const Candidate& c : batch) taken.insert(c.hash);
    for (Candidate& c : evolve(count - static_cast<int>(batch.size())))
      if (!taken.contains(c.hash)) batch.push_back(std::move(c));
  }
  if (batch.empty() && options_.descent.on) batch = descent_.next(measured_, count);
  result_.exhausted = batch.empty();
  return batch;
}

void TaskTuner::suggest(std::span<const std::vector<schedule::Step>> donors) {
  std::vector<Candidate> fitting;
  std::unordered_set<std::uint64_t> seen;
  for (const auto& steps : donors) {
    std::optional<schedule::State> state = transfer(steps, task_.dag, options_.space.tails);
    const auto hash = state ? settle(*state) : std::nullopt;
    if (!hash || measured_.contains(*hash) || !seen.insert(*hash).second) continue;
    const double score = model_.predict(task_, {&*state, 1}).front();
    if (std::isfinite(score)) fitting.push_back({std::move(*state), *hash, -1, -1, 0, score});
  }
  std::stable_sort(fitting.begin(), fitting.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  fitting.resize(std::min(fitting.size(), static_cast<std::size_t>(options_.transfers)));
  suggested_ = std::move(fitting);
}

std::vector<Candidate> TaskTuner::default_candidate() {
  has_default_ = true;
  const double score = model_.predict(task_, {&default_, 1}).front();
  return {{default_, default_hash_, -1, -1, 0, score}};
}

std::vector<Candidate> TaskTuner::evolve(int count) {
  std::vector<Candidate> batch = evolution_.breed(measured_, count, rng_);
  if (batch.empty()) batch = evolution_.breed(measured_, count, rng_);  // a second draw before giving up
  return batch;
}

bool TaskTuner::should_descend(double left) const {
  if (!options_.descent.on || measured_.valid().empty()) return false;
  return stalled_ >= options_.descent.patience || left <= options_.descent.final_share;
}

void TaskTuner::count(const Candidate& candidate, const measure::Measurement& measurement, double wall_s) {
  const double before = result_.best_s;
  add(candidate, measurement);
  measuring_s_ += measurement.compile_s + measurement.run_s;
  if (result_.best_s < before) result_.curve.push_back({result_.trials, wall_s, result_.best_s});
}

void TaskTuner::add(const Candidate& candidate, const measure::Measurement& measurement) {
  ++result_.trials;
  const bool valid = is_valid(measurement);
  const double time_s = valid ? measurement.time_s() : kNever;
  measured_.add(candidate, time_s);
  if (candidate.hash == default_hash_) {
    has_default_ = true;
    result_.default_s = std::min(result_.default_s, time_s);
  }
  if (!valid) {
    if (result_.errors.empty()) result_.first_error = measurement.error_text;
    ++result_.errors[std::string(measure::to_text(measurement.error))];
    return;
  }
  ++result_.valid;
  if (time_s < result_.best_s) {
    result_.best_s = time_s;
    result_.best_steps = candidate.state.steps();
  }
}

void TaskTuner::end_round(std::span<const Candidate> batch, std::span<const measure::Measurement> results) {
  history_.push_back(result_.best_s);
  if (!descending_) {
    const bool progress = result_.best_s < before_round_ * (1 - options_.descent.progress);
    stalled_ = progress ? 0 : stalled_ + 1;
  }
  learn_policies(batch, results);
}

void TaskTuner::learn_policies(std::span<const Candidate> batch, std::span<const measure::Measurement> results) {
  std::vector<SketchPolicy::Outcome> outcomes;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (batch[i].sketch >= 0)
      outcomes.push_back({batch[i].sketch, is_valid(results[i]) ? results[i].time_s() : kNever, before_round_});
  sketches_->observe(outcomes);
}

double TaskTuner::seconds_per_round() const {
  return history_.empty() ? 0 : measuring_s_ / static_cast<double>(history_.size());
}

}  // namespace tilewright::search
