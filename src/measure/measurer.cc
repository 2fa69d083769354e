#include "measure/measurer.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <numeric>

#include "base/cores.h"
#include "measure/compile_batch.h"
#include "measure/known_code.h"
#include "measure/task_reference.h"
#include "measure/worker_process.h"
#include "te/interpreter.h"

namespace tilewright::measure {
namespace {

/// Adds the time of its own life to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double& sum_s) : sum_s_(sum_s) {}
  ~Stopwatch() { sum_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double& sum_s_;
};

/// All that the machine will do: the object, and how its constants are laid out.
std::string code_of(const Compiled& compiled) {
  Encoder encoder;
  encoder(compiled.object);
  encoder(compiled.packed);
  return encoder.take();
}

Measurer::Options completed(Measurer::Options options) {
  if (options.threads <= 0) options.threads = available_cores();
  return options;
}

}  // namespace

/// A candidate that ran before, run among others to tell how fast the machine is just then.
struct Yardstick {
  Compiled compiled;
  double time_s = 0;           ///< that it had itself
  bool is_provisional = true;  ///< it ran in one moment only, which may have been a slow one
};

/// Candidates that are measured together.
struct Batch {
  const Task& task;
  std::vector<Compiled> compiled;
  double incumbent_s;
  std::vector<Measurement> results;  ///< of a prefix; until they are finished, their times are as measured
  double yardstick_s = kUnknown;     ///< fastest run of the yardstick since the batch began
  static constexpr double kUnknown = std::numeric_limits<double>::infinity();
};

struct Measurer::State {
  Options options;
  BatchCompiler compiler;
  WorkerProcess worker;
  std::string current_task;                            ///< key of the task that the worker has; empty: none
  std::map<std::string, ReferenceMessage> references;  ///< by task key
  std::map<std::string, Yardstick> yardsticks;         ///< by task key
  KnownCode known;
  Calibration calibration;
  int since_check = 0;  ///< candidates
  Split split;

  explicit State(const Options& given)
      : options(completed(given)),
        compiler(options.target, available_cores(), options.compile_timeout_s, options.most_instructions),
        worker({.program = options.worker}),
        calibration(options.threads) {}

  void prepare(const Task& task);
  void check_machine(std::size_t candidates);
  RunSettings settings(double cut_ratio, double incumbent_s) const;
  double pace(const Batch& batch) const;
  void time_yardstick(Batch& batch);
  void choose_yardstick(const Batch& batch);
  bool is_undecided(const Batch& batch, std::size_t i) const;
  bool run(Batch& batch, std::size_t i);
  bool run_again(Batch& batch, std::size_t i, bool is_last);
  void finish(Batch& batch, std::size_t i);
};

/// Gives the worker the task, with the reference outputs if they are known or quickly found.
void Measurer::State::prepare(const Task& task) {
  if (current_task == task.key) return;
  if (worker.reference()) references.insert_or_assign(current_task, *worker.reference());
  current_task = task.key;
  const double tolerance = te::tolerance(*task.dag);
  std::optional<ReferenceMessage> reference;
  if (const auto known = references.find(task.key); known != references.end()) {
    reference = known->second;
  } else if (options.check_results) {
    reference = interpreted_reference(*task.dag, options.seed, tolerance);
  }
  worker.set_task(task_message(*task.dag, options.seed, task.cold_arguments), tolerance, std::move(reference));
}

/// Before so many candidates are timed, if it is time again.
void Measurer::State::check_machine(std::size_t candidates) {
  const bool is_due = calibration.health().checks == 0 || since_check >= options.check_machine_every;
  if (options.check_machine_every > 0 && is_due) {
    calibration.check();
    since_check = 0;
  }
  since_check += static_cast<int>(candidates);
}

RunSettings Measurer::State::settings(double cut_ratio, double incumbent_s) const {
  RunSettings settings;
  settings.threads = options.threads;
  settings.repetition = options.repetition;
  settings.repetition.cut_ratio = cut_ratio;
  settings.repetition.incumbent_s = incumbent_s;
  settings.timeout_s = options.timeout_s;
  settings.flush_caches = options.flush_caches;
  settings.check_results = options.check_results;
  return settings;
}

/// How much longer everything takes than when the yardstick was measured.
double Measurer::State::pace(const Batch& batch) const {
  if (batch.yardstick_s == Batch::kUnknown) return 1;
  const Yardstick& yardstick = yardsticks.at(batch.task.key);
  const double pace = batch.yardstick_s / yardstick.time_s;
  return yardstick.is_provisional ? std::max(1.0, pace) : pace;
}

void Measurer::State::time_yardstick(Batch& batch) {
  const auto found = yardsticks.find(batch.task.key);
  if (found == yardsticks.end()) return;
  const Compiled& compiled = found->second.compiled;
  RunSettings again = settings(1, Batch::kUnknown);
  again.warm_up = false;
  const Measurement measured = worker.run(compiled.object, kCandidateSymbol, again, compiled.packed);
  if (measured.error == ErrorKind::none) batch.yardstick_s = std::min(batch.yardstick_s, measured.time_s());
}

/// The best of a task's first batch; later only one that costs far less time, as every change adds an error of its own.
void Measurer::State::choose_yardstick(const Batch& batch) {
  constexpr double kFarLess = 0.6;
  if (batch.yardstick_s < Batch::kUnknown) {
    Yardstick& used = yardsticks.at(batch.task.key);
    if (used.is_provisional) used.time_s = std::min(used.time_s, batch.yardstick_s);
    used.is_provisional = false;
  }
  const auto faster = [](const Measurement& a, const Measurement& b) { return a.time_s() < b.time_s(); };
  const auto best = std::ranges::min_element(batch.results, faster);
  if (best == batch.results.end() || best->error != ErrorKind::none || best->same_code) return;
  const auto known = yardsticks.find(batch.task.key);
  if (known != yardsticks.end() && best->time_s() > kFarLess * known->second.time_s) return;
  const auto i = static_cast<std::size_t>(best - batch.results.begin());
  const bool is_first = known == yardsticks.end();
  yardsticks.insert_or_assign(batch.task.key, Yardstick{batch.compiled[i], best->time_s(), is_first});
}

/// Whether a contender deserves further passes: it is close to the incumbent, or all passes so far met a slow machine.
bool Measurer::State::is_undecided(const Batch& batch, std::size_t i) const {
  constexpr double kClose = 1.1, kSlow = 1.25;
  const Measurement& result = batch.results[i];
  if (result.same_code) return true;  // waits for the one whose code it has
  return pace(batch) > kSlow || result.time_s() / pace(batch) <= kClose * batch.incumbent_s;
}

/// The first pass of a candidate. True if it is a contender then.
bool Measurer::State::run(Batch& batch, std::size_t i) {
  constexpr double kSlowMoment = 1.6;  // by which a busy machine was seen to be slower for some time
  const double cut_ratio = options.repetition.cut_ratio * (options.passes > 1 ? kSlowMoment : 1);
  const Compiled& compiled = batch.compiled[i];
  Measurement& result = batch.results.emplace_back();
  if (compiled.error != ErrorKind::none) {
    result.error = compiled.error;
    result.error_text = compiled.error_text;
  } else if (auto same = known.find(batch.task.key, code_of(compiled))) {
    result = *std::move(same);
  } else {
    const RunSettings first = settings(cut_ratio, pace(batch) * batch.incumbent_s);
    result = worker.run(compiled.object, kCandidateSymbol, first, compiled.packed);
    known.add(batch.task.key, code_of(compiled), result);
    batch.incumbent_s = std::min(batch.incumbent_s, result.time_s() / pace(batch));
  }
  result.compile_s = compiled.compile_s;
  if (!calibration.health().last.is_well()) result.trouble = calibration.health().last;
  return result.error == ErrorKind::none && !result.cut_short;
}

/// A later pass of a contender. True if it still is one.
bool Measurer::State::run_again(Batch& batch, std::size_t i, bool is_last) {
  const Compiled& compiled = batch.compiled[i];
  Measurement& result = batch.results[i];
  if (result.same_code) return true;
  RunSettings again = settings(options.repetition.cut_ratio, pace(batch) * batch.incumbent_s);
  again.warm_up = false;
  const Measurement more = worker.run(compiled.object, kCandidateSymbol, again, compiled.packed);
  result.run_s += more.run_s;
  if (!more.is_measured()) return true;  // what is known stays
  result.error = more.error;
  result.error_text = more.error_text;
  result.times_s.insert(result.times_s.end(), more.times_s.begin(), more.times_s.end());
  if (result.error != ErrorKind::none) result.times_s.clear();
  const double time_s = result.time_s() / pace(batch);
  batch.incumbent_s = std::min(batch.incumbent_s, time_s);
  result.cut_short = !is_last && time_s > options.repetition.cut_ratio * batch.incumbent_s;
  return result.error == ErrorKind::none && !result.cut_short;
}

/// When nothing more will be known of a candidate: its times at the usual pace. What shares its code has its result.
void Measurer::State::finish(Batch& batch, std::size_t i) {
  const Compiled& compiled = batch.compiled[i];
  Measurement& result = batch.results[i];
  if (compiled.error != ErrorKind::none) return;
  if (!result.same_code) {
    result.pace = pace(batch);
    for (double& time_s : result.times_s) time_s /= result.pace;
    known.add(batch.task.key, code_of(compiled), result);
    return;
  }
  Measurement same = *known.find(batch.task.key, code_of(compiled));
  same.compile_s = result.compile_s;
  same.trouble = result.trouble;
  result = std::move(same);
}

Measurer::Measurer(const Options& options) : state_(std::make_unique<State>(options)) {}
Measurer::~Measurer() = default;
const Measurer::Options& Measurer::options() const { return state_->options; }
Measurer::Split Measurer::split() const { return state_->split; }
const MachineHealth& Measurer::health() const { return state_->calibration.health(); }

std::vector<Measurement> Measurer::measure(const Task& task, std::span<const schedule::State> states,
                                           double incumbent_s,
                                           const std::function<void(std::size_t, const Measurement&)>& done,
                                           const std::function<bool()>& stop) {
  constexpr std::size_t kYardsticks = 4;  // in a pass, at least: a pace by few of them would make lucky times
  Batch batch{task, {}, incumbent_s, {}};
  {
    const Stopwatch stopwatch(state_->split.compile_s);
    batch.compiled = state_->compiler.compile(states, stop);
  }
  state_->check_machine(states.size());
  const auto timed = [&](auto&& action) {
    const Stopwatch stopwatch(state_->split.run_s);
    return action();
  };
  timed([&] { state_->prepare(task); });
  const auto stopped = [&] { return stop && stop(); };
  const auto report = [&](std::size_t i) {
    state_->finish(batch, i);
    if (done) done(i, batch.results[i]);
  };
  std::vector<std::size_t> contenders(states.size());
  std::iota(contenders.begin(), contenders.end(), 0);
  const int passes = state_->options.passes, more = state_->options.passes_of_undecided;
  for (int pass = 0; pass < passes + more; ++pass) {
    const std::size_t every = pass >= passes ? 1 : std::clamp<std::size_t>(contenders.size() / kYardsticks, 1, 4);
    std::size_t turn = 0;
    std::erase_if(contenders, [&](std::size_t i) {
      if (stopped() || !batch.compiled[i].is_begun) return batch.results.size() <= i;
      const bool contends = timed([&] {
        if (pass >= passes && !state_->is_undecided(batch, i)) return false;
        if (turn++ % every == 0) state_->time_yardstick(batch);
        return pass == 0 ? state_->run(batch, i) : state_->run_again(batch, i, pass >= passes - 1);
      });
      if (!contends) report(i);
      return !contends;
    });
  }
  for (std::size_t i : contenders) report(i);
  state_->choose_yardstick(batch);
  return std::move(batch.results);
}

std::vector<Measurement> Measurer::contest(const Task& task, std::span<const schedule::State> states) {
  std::vector<Compiled> compiled;
  {
    const Stopwatch stopwatch(state_->split.compile_s);
    compiled = state_->compiler.compile(states, {});
  }
  state_->check_machine(states.size());
  const Stopwatch stopwatch(state_->split.run_s);
  ContestMessage message{state_->options.contest, {}};
  for (Compiled& candidate : compiled) {
    if (candidate.error != ErrorKind::none) return {};  // it compiled before: something else is wrong
    message.candidates.push_back(
        {state_->settings(state_->options.repetition.cut_ratio, state_->options.repetition.incumbent_s),
         std::string(kCandidateSymbol), std::move(candidate.object), std::move(candidate.packed)});
  }
  state_->prepare(task);
  std::vector<Measurement> results = state_->worker.contest(std::move(message));
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].compile_s = compiled[i].compile_s;
    if (!state_->calibration.health().last.is_well()) results[i].trouble = state_->calibration.health().last;
  }
  return results;
}

}  // namespace tilewright::measure
