#include "measure/runner/local_runner.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <utility>

#include "base/cores.h"
#include "measure/builder/code_dedup_cache.h"
#include "measure/builder/compile_batch.h"
#include "measure/machine/machine_probe.h"
#include "measure/runner/task_reference.h"
#include "measure/runner/worker_process.h"
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

LocalRunner::Options completed(LocalRunner::Options options) {
  if (options.threads <= 0) options.threads = available_cores();
  return options;
}

}  // namespace

/// A candidate that ran before, run among others to tell how fast the machine is just then.
struct ReferenceKernel {
  Compiled compiled;
  double time_s = 0;           ///< that it had itself
  bool is_provisional = true;  ///< it ran in one moment only, which may have been a slow one
};

/// Candidates that are measured together.
struct Batch {
  const task::Task& task;
  std::vector<Compiled> compiled;
  double incumbent_s;
  std::vector<task::Measurement> results = {};  ///< of a prefix; until they are finished, their times are as measured
  double reference_kernel_s = kUnknown;         ///< fastest run of the reference kernel since the batch began
  static constexpr double kUnknown = std::numeric_limits<double>::infinity();
};

struct LocalRunner::Impl {
  Options options;
  BatchCompiler compiler;
  WorkerProcess worker;
  std::string current_task;                                  ///< key of the task that the worker has; empty: none
  std::map<std::string, ReferenceMessage> references;        ///< by task key
  std::map<std::string, ReferenceKernel> reference_kernels;  ///< by task key
  CodeDedupCache known;
  MachineProbe probe;
  MachineHealth health;
  int since_check = 0;  ///< candidates
  Split split;

  explicit Impl(const Options& given)
      : options(completed(given)),
        compiler(options.target, available_cores(), options.compile_timeout_s, options.most_instructions),
        worker({.program = options.worker}),
        probe(options.target, options.threads, options.worker) {}

  void prepare(const task::Task& task);
  void check_machine(std::size_t candidates);
  RunSettings settings(double cut_ratio, double incumbent_s) const;
  double pace(const Batch& batch) const;
  void time_reference_kernel(Batch& batch);
  void choose_reference_kernel(const Batch& batch);
  bool is_undecided(const Batch& batch, std::size_t i) const;
  bool run(Batch& batch, std::size_t i);
  bool run_again(Batch& batch, std::size_t i, bool is_last);
  void finish(Batch& batch, std::size_t i);
};

/// Gives the worker the task, with the reference outputs if they are known or quickly found.
void LocalRunner::Impl::prepare(const task::Task& task) {
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
  worker.set_task(task_message(*task.dag, options.seed, task.flushed_arguments), tolerance, std::move(reference));
}

/// Before so many candidates are timed, if it is time again.
void LocalRunner::Impl::check_machine(std::size_t candidates) {
  const bool is_due = health.checks == 0 || since_check >= options.check_machine_every;
  if (options.check_machine_every > 0 && is_due) {
    health.judge(probe.look());
    since_check = 0;
  }
  since_check += static_cast<int>(candidates);
}

RunSettings LocalRunner::Impl::settings(double cut_ratio, double incumbent_s) const {
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

/// How much longer everything takes than when the reference kernel was measured.
double LocalRunner::Impl::pace(const Batch& batch) const {
  if (batch.reference_kernel_s == Batch::kUnknown) return 1;
  const ReferenceKernel& reference_kernel = reference_kernels.at(batch.task.key);
  const double pace = batch.reference_kernel_s / reference_kernel.time_s;
  return reference_kernel.is_provisional ? std::max(1.0, pace) : pace;
}

void LocalRunner::Impl::time_reference_kernel(Batch& batch) {
  const auto found = reference_kernels.find(batch.task.key);
  if (found == reference_kernels.end()) return;
  const Compiled& compiled = found->second.compiled;
  RunSettings again = settings(1, Batch::kUnknown);
  again.warm_up = false;
  const task::Measurement measured = worker.run(compiled.object, kCandidateSymbol, again, compiled.packed);
  if (measured.error == task::ErrorKind::none)
    batch.reference_kernel_s = std::min(batch.reference_kernel_s, measured.time_s());
}

/// The best of a task's first batch; later only one that costs far less time, as every change adds an error of its own.
void LocalRunner::Impl::choose_reference_kernel(const Batch& batch) {
  constexpr double kFarLess = 0.6;
  if (batch.reference_kernel_s < Batch::kUnknown) {
    ReferenceKernel& used = reference_kernels.at(batch.task.key);
    if (used.is_provisional) used.time_s = std::min(used.time_s, batch.reference_kernel_s);
    used.is_provisional = false;
  }
  const auto faster = [](const task::Measurement& a, const task::Measurement& b) { return a.time_s() < b.time_s(); };
  const auto best = std::ranges::min_element(batch.results, faster);
  if (best == batch.results.end() || best->error != task::ErrorKind::none || best->same_code) return;
  const auto known = reference_kernels.find(batch.task.key);
  if (known != reference_kernels.end() && best->time_s() > kFarLess * known->second.time_s) return;
  const auto i = static_cast<std::size_t>(best - batch.results.begin());
  const bool is_first = known == reference_kernels.end();
  reference_kernels.insert_or_assign(batch.task.key, ReferenceKernel{batch.compiled[i], best->time_s(), is_first});
}

/// Whether a contender deserves further passes: it is close to the incumbent, or all passes so far met a slow machine.
bool LocalRunner::Impl::is_undecided(const Batch& batch, std::size_t i) const {
  constexpr double kClose = 1.1, kSlow = 1.25;
  const task::Measurement& result = batch.results[i];
  if (result.same_code) return true;  // waits for the one whose code it has
  return pace(batch) > kSlow || result.time_s() / pace(batch) <= kClose * batch.incumbent_s;
}

/// The first pass of a candidate. True if it is a contender then.
bool LocalRunner::Impl::run(Batch& batch, std::size_t i) {
  constexpr double kSlowMoment = 1.6;  // by which a busy machine was seen to be slower for some time
  const double cut_ratio = options.repetition.cut_ratio * (options.passes > 1 ? kSlowMoment : 1);
  const Compiled& compiled = batch.compiled[i];
  task::Measurement& result = batch.results.emplace_back();
  if (compiled.error != task::ErrorKind::none) {
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
  if (!health.last.is_well()) result.trouble = health.last;
  return result.error == task::ErrorKind::none && !result.cut_short;
}

/// A later pass of a contender. True if it still is one.
bool LocalRunner::Impl::run_again(Batch& batch, std::size_t i, bool is_last) {
  const Compiled& compiled = batch.compiled[i];
  task::Measurement& result = batch.results[i];
  if (result.same_code) return true;
  RunSettings again = settings(options.repetition.cut_ratio, pace(batch) * batch.incumbent_s);
  again.warm_up = false;
  const task::Measurement more = worker.run(compiled.object, kCandidateSymbol, again, compiled.packed);
  result.run_s += more.run_s;
  if (!more.is_measured()) return true;  // what is known stays
  result.error = more.error;
  result.error_text = more.error_text;
  result.times_s.insert(result.times_s.end(), more.times_s.begin(), more.times_s.end());
  if (result.error != task::ErrorKind::none) result.times_s.clear();
  const double time_s = result.time_s() / pace(batch);
  batch.incumbent_s = std::min(batch.incumbent_s, time_s);
  result.cut_short = !is_last && time_s > options.repetition.cut_ratio * batch.incumbent_s;
  return result.error == task::ErrorKind::none && !result.cut_short;
}

/// When nothing more will be known of a candidate: its times at the usual pace. What shares its code has its result.
void LocalRunner::Impl::finish(Batch& batch, std::size_t i) {
  const Compiled& compiled = batch.compiled[i];
  task::Measurement& result = batch.results[i];
  if (compiled.error != task::ErrorKind::none) return;
  if (!result.same_code) {
    result.pace = pace(batch);
    for (double& time_s : result.times_s) time_s /= result.pace;
    known.add(batch.task.key, code_of(compiled), result);
    return;
  }
  task::Measurement same = *known.find(batch.task.key, code_of(compiled));
  same.compile_s = result.compile_s;
  same.trouble = result.trouble;
  result = std::move(same);
}

/// A batch on its way through the passes, one candidate at a time.
class LocalRunner::Passes : public Pending {
 public:
  Passes(Impl& runner, const task::Task& task, std::vector<backend::ScheduledProgram> programs, double incumbent_s)
      : runner_(runner), programs_(std::move(programs)), batch_{task, {}, incumbent_s} {}

  std::optional<Known> next(const Stop& stop) override {
    while (known_.empty() && !is_over_) step(stop);
    if (known_.empty()) return std::nullopt;
    const std::size_t i = known_.front();
    known_.pop_front();
    return Known{i, batch_.results[i]};
  }

 private:
  void step(const Stop& stop);
  void compile(const Stop& stop);
  void measure(std::size_t i);
  void begin_pass();
  void end();
  void tell(std::size_t i) {
    runner_.finish(batch_, i);
    known_.push_back(i);
  }

  Impl& runner_;
  std::vector<backend::ScheduledProgram> programs_;
  Batch batch_;
  bool is_compiled_ = false, is_over_ = false;
  int pass_ = 0;
  std::size_t turn_ = 0, every_ = 1;                        ///< candidates of this pass; the reference kernel's turns
  std::deque<std::size_t> waiting_ = {}, contenders_ = {};  ///< of this pass, and so far of the next one
  std::deque<std::size_t> known_ = {};
};

/// Compiles all, or measures the next one, or ends.
void LocalRunner::Passes::step(const Stop& stop) {
  if (!is_compiled_) return compile(stop);
  const int passes = runner_.options.passes + runner_.options.passes_of_undecided;
  if (waiting_.empty() && ++pass_ < passes && !contenders_.empty()) begin_pass();
  if (waiting_.empty()) return end();
  const std::size_t i = waiting_.front();
  if ((stop && stop()) || !batch_.compiled[i].is_begun) {
    contenders_.insert(contenders_.end(), waiting_.begin(), waiting_.end());
    std::erase_if(contenders_, [&](std::size_t k) { return batch_.results.size() <= k; });
    return end();
  }
  waiting_.pop_front();
  measure(i);
}

void LocalRunner::Passes::compile(const Stop& stop) {
  is_compiled_ = true;
  {
    const Stopwatch stopwatch(runner_.split.compile_s);
    batch_.compiled = runner_.compiler.compile(programs_, stop);
  }
  runner_.check_machine(programs_.size());
  for (std::size_t i = 0; i < programs_.size(); ++i) contenders_.push_back(i);
  begin_pass();
}

void LocalRunner::Passes::begin_pass() {
  constexpr std::size_t kReferenceRuns = 4;  // in a pass, at least: a pace by few of them would make lucky times
  waiting_ = std::exchange(contenders_, {});
  turn_ = 0;
  every_ = pass_ >= runner_.options.passes ? 1 : std::clamp<std::size_t>(waiting_.size() / kReferenceRuns, 1, 4);
}

void LocalRunner::Passes::measure(std::size_t i) {
  const Stopwatch stopwatch(runner_.split.run_s);
  const int passes = runner_.options.passes;
  runner_.prepare(batch_.task);
  bool contends = pass_ < passes || runner_.is_undecided(batch_, i);
  if (contends) {
    if (turn_++ % every_ == 0) runner_.time_reference_kernel(batch_);
    contends = pass_ == 0 ? runner_.run(batch_, i) : runner_.run_again(batch_, i, pass_ >= passes - 1);
  }
  if (contends)
    contenders_.push_back(i);
  else
    tell(i);
}

void LocalRunner::Passes::end() {
  for (const std::size_t i : contenders_) tell(i);
  runner_.choose_reference_kernel(batch_);
  is_over_ = true;
}

LocalRunner::LocalRunner(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
LocalRunner::~LocalRunner() = default;
const LocalRunner::Options& LocalRunner::options() const { return impl_->options; }
Runner::Split LocalRunner::split() const { return impl_->split; }
MachineHealth LocalRunner::health() const { return impl_->health; }

double LocalRunner::remeasurement_s(double turn_s) const {
  constexpr double kCompile_s = 0.1;  // of all that take part
  const RepetitionRule& rule = impl_->options.remeasurement;
  const double rounds = std::clamp<double>(rule.max_time_s / turn_s, rule.min_runs, rule.max_runs);
  return kCompile_s + (1 + rounds) * turn_s;  // one to warm up
}

std::unique_ptr<Pending> LocalRunner::submit(const task::Task& task, std::vector<backend::ScheduledProgram> programs,
                                             double incumbent_s) {
  return std::make_unique<Passes>(*impl_, task, std::move(programs), incumbent_s);
}

std::vector<task::Measurement> LocalRunner::remeasure(const task::Task& task,
                                                      std::span<const backend::ScheduledProgram> programs) {
  std::vector<Compiled> compiled;
  {
    const Stopwatch stopwatch(impl_->split.compile_s);
    compiled = impl_->compiler.compile(programs, {});
  }
  impl_->check_machine(programs.size());
  const Stopwatch stopwatch(impl_->split.run_s);
  RemeasureMessage message{impl_->options.remeasurement, {}};
  for (Compiled& candidate : compiled) {
    if (candidate.error != task::ErrorKind::none) return {};  // it compiled before: something else is wrong
    message.candidates.push_back(
        {impl_->settings(impl_->options.repetition.cut_ratio, impl_->options.repetition.incumbent_s),
         std::string(kCandidateSymbol), std::move(candidate.object), std::move(candidate.packed)});
  }
  impl_->prepare(task);
  std::vector<task::Measurement> results = impl_->worker.remeasure(std::move(message));
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].compile_s = compiled[i].compile_s;
    if (!impl_->health.last.is_well()) results[i].trouble = impl_->health.last;
  }
  return results;
}

}  // namespace tilewright::measure
