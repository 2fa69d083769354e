#include "search/tuner/task_tuner.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/hash.h"
#include "search/tuner/transfer.h"
#include "space/hardware.h"

namespace tilewright::search {
namespace {

bool is_valid(const task::Measurement& m) { return m.error == task::ErrorKind::none && !m.times_s.empty(); }

}  // namespace

TaskTuner::TaskTuner(const task::Task& task, const backend::TargetRef& target, int kernel_threads,
                     cost::CostModel& model, const TuneOptions& options, PolicyMemory& memory)
    : task_(task),
      target_(target),
      model_(model),
      options_(options),
      space_(task.dag, space::hardware_of(*target, kernel_threads), options.space),
      sketches_(make_sketch_policy(options.sketch_policy, {space_, task, memory, hash_mix(options.seed, 7)})),
      mutations_(make_mutation_policy(options.mutation_policy, space_, memory)),
      evolution_(task_, target_, space_, model_, *sketches_, *mutations_, options_.evolution, options_.threads),
      descent_(task_, target_, model_, options_.descent, space_.hardware().vector_lanes),
      rng_(hash_mix(options.seed, hash_bytes(task.key))),
      default_(space_.default_state(), target_) {
  TW_CHECK(default_.has_bounds(), "the default schedule of {} has no program", task.description);
  result_.workload_key = task.key;
  result_.description = task.description;
  result_.alternative_of = task.alternative_of;
  result_.flops = task.flops;
  result_.count = task.count;
}

/// What a record was made of, scored. Failure: its steps do not replay on this task.
Result<Candidate> TaskTuner::candidate_of(const task::Record& record) {
  Result<schedule::State> state = schedule::State::replay(task_.dag, record.steps);
  if (!state) return state.failure();
  backend::ScheduledProgram program(std::move(*state), target_);
  if (!program.has_bounds()) return failure("has no program");
  const double score = model_.predict(task_, {&program, 1}).front();
  return Candidate{std::move(program), -1, -1, 0, score};
}

Status TaskTuner::suggest(const task::Record& record) {
  Result<Candidate> candidate = candidate_of(record);
  if (!candidate) return candidate.failure();
  suggestions_.add(std::move(*candidate), record.result.time_s());
  return {};
}

Status TaskTuner::resume(const task::Record& record) {
  Result<Candidate> candidate = candidate_of(record);
  if (!candidate) return candidate.failure();
  if (record.remeasurement != 0 && measured_.contains(candidate->hash())) {
    resume_remeasurement(*candidate, record);
    return {};
  }
  ++result_.resumed;
  model_.update(task_, {&candidate->program, 1}, {&record.result, 1});
  candidate->sketch = space_.sketch_of(candidate->state());
  is_new(*candidate);  // no longer
  add(*candidate, record.result);
  measuring_s_ += record.result.compile_s + record.result.run_s;
  compiling_s_ += record.result.compile_s;
  if (result_.resumed % options_.batch == 0) history_.push_back(result_.best_s);
  return {};
}

/// A state that is known already took part in a re-measurement of an earlier run.
void TaskTuner::resume_remeasurement(const Candidate& candidate, const task::Record& record) {
  const double time_s = is_valid(record.result) ? record.result.time_s() : kNever;
  measured_.correct(candidate.hash(), time_s);
  if (record.remeasurement < remeasurement_ || time_s == kNever) return;
  result_.finalists = record.remeasurement == remeasurement_ ? result_.finalists + 1 : 1;
  const bool is_first = record.remeasurement > remeasurement_;
  remeasurement_ = record.remeasurement;
  undecided_ = false;
  if (candidate.hash() == default_.hash()) result_.default_s = time_s;
  if (!is_first && time_s >= result_.best_s) return;
  result_.best_s = time_s;
  result_.best_steps = candidate.state().steps();
}

std::vector<Candidate> TaskTuner::finalists() const {
  std::vector<Candidate> chosen;
  if (!undecided_ || options_.finalists <= 0) return chosen;
  bool has_default = false;
  for (const MeasuredSet::Entry& entry : measured_.valid()) {
    const bool is_default = entry.candidate.hash() == default_.hash();
    has_default = has_default || is_default;
    const int most = options_.finalists + (has_default ? 1 : 0);
    if (is_default || std::ssize(chosen) < most) chosen.push_back(entry.candidate);
  }
  if (chosen.size() < 2) chosen.clear();
  return chosen;
}

void TaskTuner::decide(std::span<const Candidate> finalists, std::span<const task::Measurement> results) {
  const double unconfirmed_s = result_.best_s;
  result_.best_s = kNever;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const double time_s = is_valid(results[i]) ? results[i].time_s() : kNever;
    measured_.correct(finalists[i].hash(), time_s);
    if (finalists[i].hash() == default_.hash()) result_.default_s = time_s;
    if (time_s >= result_.best_s) continue;
    result_.best_s = time_s;
    result_.best_steps = finalists[i].state().steps();
  }
  TW_CHECK(result_.best_s < kNever, "a contest of {} without a valid result", task_.description);
  if (before_round_ == unconfirmed_s) before_round_ = result_.best_s;
  result_.finalists = static_cast<int>(finalists.size());
  undecided_ = false;
}

std::vector<Candidate> TaskTuner::propose(int count, double left) {
  before_round_ = result_.best_s;
  evolved_ = false;
  if (!has_default_) {
    std::vector<Candidate> batch = default_candidate();
    if (!options_.default_competes) std::ranges::move(evolve(count - 1), std::back_inserter(batch));
    return batch;
  }
  if (std::vector<Candidate> batch = suggestions_.next(measured_, count); !batch.empty()) {
    for (const Candidate& c : batch) is_new(c);  // no longer
    return batch;
  }
  if (!descending_) descending_ = should_descend(left);
  if (descending_) {
    std::vector<Candidate> batch = descend(count);
    if (!batch.empty()) return batch;
    descending_ = false;
    stalled_ = 0;
  }
  std::vector<Candidate> batch = evolve(count);
  if (batch.empty() && options_.descent.on) batch = descend(count);
  result_.exhausted = batch.empty();
  return batch;
}

void TaskTuner::suggest(std::span<const std::vector<schedule::Step>> donors) {
  std::vector<Candidate> fitting;
  for (const auto& steps : donors) {
    std::optional<schedule::State> state = transfer(steps, task_.dag, options_.space.tails);
    if (!state) continue;
    backend::ScheduledProgram program(std::move(*state), target_);
    if (!program.has_bounds() || measured_.contains(program.hash())) continue;
    const double score = model_.predict(task_, {&program, 1}).front();
    if (std::isfinite(score)) fitting.push_back({std::move(program), -1, -1, 0, score});
  }
  std::ranges::stable_sort(fitting, std::greater<>(), &Candidate::score);
  fitting.resize(std::min(fitting.size(), static_cast<std::size_t>(options_.transfers)));
  for (Candidate& c : fitting) {
    const double rank = -c.score;
    suggestions_.add(std::move(c), rank);
  }
}

std::vector<Candidate> TaskTuner::default_candidate() {
  has_default_ = true;
  const double score = model_.predict(task_, {&default_, 1}).front();
  if (options_.distinct_programs) programs_.add(default_);
  return {{default_, space_.sketch_of(default_.state()), -1, 0, score}};
}

std::vector<Candidate> TaskTuner::evolve(int count) {
  evolved_ = true;
  const auto is_new_program = [&](const Candidate& c) { return is_new(c); };
  std::vector<Candidate> batch = evolution_.breed(measured_, count, is_new_program, rng_);
  if (batch.empty()) batch = evolution_.breed(measured_, count, is_new_program, rng_);  // before giving up
  return batch;
}

std::vector<Candidate> TaskTuner::descend(int count) {
  return descent_.next(measured_, count, [&](const Candidate& c) { return is_new(c); });
}

bool TaskTuner::is_new(const Candidate& candidate) {
  return !options_.distinct_programs || programs_.add(candidate.program);
}

bool TaskTuner::should_descend(double left) const {
  if (!options_.descent.on || measured_.valid().empty()) return false;
  return stalled_ >= options_.descent.patience || left <= options_.descent.final_share;
}

void TaskTuner::count(const Candidate& candidate, const task::Measurement& measurement, double wall_s) {
  const double before = result_.best_s;
  add(candidate, measurement);
  measuring_s_ += measurement.compile_s + measurement.run_s;
  compiling_s_ += measurement.compile_s;
  if (result_.best_s < before) result_.curve.push_back({result_.trials, wall_s, result_.best_s});
}

void TaskTuner::add(const Candidate& candidate, const task::Measurement& measurement) {
  ++result_.trials;
  const bool valid = is_valid(measurement);
  const double time_s = valid ? measurement.time_s() : kNever;
  const bool is_default = candidate.hash() == default_.hash();
  const bool only_compares = is_default && valid && result_.default_s == kNever && !options_.default_competes;
  if (is_default) {
    has_default_ = true;
    result_.default_s = std::min(result_.default_s, time_s);
  }
  if (!only_compares) measured_.add(candidate, time_s);
  if (!valid) {
    constexpr std::size_t kMostTexts = 3;
    std::vector<std::string>& texts = result_.error_texts;
    if (texts.size() < kMostTexts && std::ranges::count(texts, measurement.error_text) == 0)
      texts.push_back(measurement.error_text);
    ++result_.errors[std::string(task::to_text(measurement.error))];
    return;
  }
  ++result_.valid;
  if (only_compares) return;
  undecided_ = true;
  if (time_s < result_.best_s) {
    result_.best_s = time_s;
    result_.best_steps = candidate.state().steps();
  }
}

void TaskTuner::end_round(std::span<const Candidate> batch, std::span<const task::Measurement> results) {
  history_.push_back(result_.best_s);
  if (!descending_) {
    const bool progress = result_.best_s < before_round_ * (1 - options_.descent.progress);
    stalled_ = progress ? 0 : stalled_ + 1;
  }
  learn_policies(batch, results);
}

void TaskTuner::learn_policies(std::span<const Candidate> batch, std::span<const task::Measurement> results) {
  RoundTrace trace;
  if (evolved_) trace = evolution_.trace();
  trace.trials = result_.trials - static_cast<int>(results.size());
  trace.measured.assign(space_.sketches().size(), 0);
  std::vector<SketchPolicy::Outcome> sketch_outcomes;
  std::vector<MutationPolicy::Outcome> mutation_outcomes;
  std::vector<ProgramValue::Sample> programs;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Candidate& c = batch[i];
    const double time_s = is_valid(results[i]) ? results[i].time_s() : kNever;
    if (mutations_->looks_at_programs() && time_s < kNever)
      programs.push_back({c.sketch, program_features(c.state(), space_.hardware()), -std::log2(time_s)});
    if (c.sketch >= 0) {
      ++trace.measured[static_cast<std::size_t>(c.sketch)];
      sketch_outcomes.push_back({c.sketch, time_s, before_round_, results[i].compile_s + results[i].run_s});
    }
    if (c.mutation >= 0 && c.parent_time_s < kNever) {
      const double gain = time_s < kNever ? std::log2(c.parent_time_s / time_s) : -1;
      mutation_outcomes.push_back({c.mutation, c.parent, gain, true});
    }
  }
  if (evolved_) sketches_->observe(sketch_outcomes);
  mutations_->observe(mutation_outcomes);
  mutations_->learn(programs);
  result_.rounds.push_back(std::move(trace));
}

double TaskTuner::seconds_per_round() const {
  return history_.empty() ? 0 : measuring_s_ / static_cast<double>(history_.size());
}

}  // namespace tilewright::search
