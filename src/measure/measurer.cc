#include "measure/measurer.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "measure/compile_batch.h"
#include "measure/known_code.h"
#include "measure/task_reference.h"
#include "measure/worker_process.h"
#include "runtime/cores.h"
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
  if (options.threads <= 0) options.threads = runtime::available_cores();
  return options;
}

}  // namespace

struct Measurer::State {
  Options options;
  BatchCompiler compiler;
  WorkerProcess worker;
  std::string current_task;                            ///< key of the task that the worker has; empty: none
  std::map<std::string, ReferenceMessage> references;  ///< by task key
  KnownCode known;
  Calibration calibration;
  int since_check = 0;  ///< candidates
  Split split;

  explicit State(const Options& given)
      : options(completed(given)),
        compiler(options.target, runtime::available_cores(), options.compile_timeout_s, options.most_instructions),
        worker({.program = options.worker}),
        calibration(options.threads) {}

  void prepare(const Task& task);
  void check_machine(std::size_t candidates);
  RunSettings settings(double incumbent_s) const;
  Measurement run(const Task& task, const Compiled& compiled, double incumbent_s);
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

RunSettings Measurer::State::settings(double incumbent_s) const {
  RunSettings settings;
  settings.threads = options.threads;
  settings.repetition = options.repetition;
  settings.repetition.incumbent_s = incumbent_s;
  settings.timeout_s = options.timeout_s;
  settings.flush_caches = options.flush_caches;
  settings.check_results = options.check_results;
  return settings;
}

Measurement Measurer::State::run(const Task& task, const Compiled& compiled, double incumbent_s) {
  Measurement result;
  if (compiled.error != ErrorKind::none) {
    result.error = compiled.error;
    result.error_text = compiled.error_text;
  } else if (auto same = known.find(task.key, code_of(compiled))) {
    result = *std::move(same);
  } else {
    result = worker.run(compiled.object, kCandidateSymbol, settings(incumbent_s), compiled.packed);
    known.add(task.key, code_of(compiled), result);
  }
  result.compile_s = compiled.compile_s;
  if (!calibration.health().last.is_well()) result.trouble = calibration.health().last;
  return result;
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
  std::vector<Measurement> results;
  std::vector<Compiled> compiled;
  {
    const Stopwatch stopwatch(state_->split.compile_s);
    compiled = state_->compiler.compile(states, stop);
  }
  state_->check_machine(states.size());
  {
    const Stopwatch stopwatch(state_->split.run_s);
    state_->prepare(task);
  }
  for (std::size_t i = 0; i < states.size() && !(stop && stop()); ++i) {
    if (!compiled[i].is_begun) break;
    {
      const Stopwatch stopwatch(state_->split.run_s);
      results.push_back(state_->run(task, compiled[i], incumbent_s));
    }
    incumbent_s = std::min(incumbent_s, results.back().time_s());
    if (done) done(i, results.back());
  }
  return results;
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
        {state_->settings(state_->options.repetition.incumbent_s), std::string(kCandidateSymbol),
         std::move(candidate.object), std::move(candidate.packed)});
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
