#include "lab/run.h"

#include <algorithm>
#include <chrono>

#include "base/cores.h"
#include "driver/model.h"
#include "lab/bench_machine.h"
#include "lab/judge.h"
#include "schedule/codec.h"
#include "space/hardware.h"
#include "space/search_space.h"

namespace tilewright::lab {
namespace {

/// A replay from the seeds of the recorded runs would draw the recorded states again, and only for the variants that
/// made them.
constexpr std::uint64_t kReplaySeeds = 1000;

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Draws the curve of a whole search: the sum over tasks, from the moment on when all have a time.
class CurveObserver : public search::Observer {
 public:
  explicit CurveObserver(std::size_t tasks) : tasks_(tasks) {}
  void on_trial(const search::Progress& progress, const task::Measurement&) override {
    if (progress.task.best_s < search::kNever) seen_[progress.task_index] = true;
    if (seen_.size() < tasks_ || !(progress.total_best_s > 0)) return;
    if (!curve.empty() && progress.total_best_s >= curve.back().best_s) return;
    curve.push_back({progress.trials, progress.wall_s, progress.total_best_s});
  }
  std::vector<search::CurvePoint> curve;

 private:
  std::size_t tasks_;
  std::map<int, bool> seen_;
};

std::vector<RunKey> keys_of(const Suite& suite) {
  std::vector<RunKey> keys;
  for (int seed = 1; seed <= suite.seeds; ++seed)
    for (const std::string& input : suite.inputs)
      for (const std::string& space : suite.spaces)
        for (const Variant& variant : suite.variants)
          keys.push_back({input, space, variant.name, static_cast<std::uint64_t>(seed)});
  return keys;
}

class Lab {
 public:
  explicit Lab(const RunRequest& request) : request_(request), suite_(request.suite), machine_(request) {}

  std::optional<Run> perform(const RunKey& key) {
    const auto variant = std::find_if(suite_.variants.begin(), suite_.variants.end(),
                                      [&](const Variant& v) { return v.name == key.variant; });
    const std::uint64_t seed = live() ? key.seed : key.seed + kReplaySeeds;
    search::TuneOptions options = options_of(suite_, *variant, key.space, seed);
    options.threads = threads_at_once(machine_.threads());
    const std::vector<task::Task> tasks = driver::partition_of(key.input, {}).tasks;
    CurveObserver observer(tasks.size());
    const auto result = machine_.search(tasks, options, observer);
    if (!result) return std::nullopt;
    Run run;
    run.key = key;
    run.suite = suite_.name, run.mode = machine_.mode(), run.cpu = machine_.target().cpu;
    run.threads = machine_.threads(), run.trials = suite_.trials;
    run.wall_s = result->wall_s, run.split = result->split;
    run.default_s = result->total_default_s(), run.best_s = result->total_best_s();
    run.curve = std::move(observer.curve);
    run.curve.push_back({result->trials, result->wall_s, run.best_s});
    for (const auto& task : result->tasks) run.flops += task.count * task.flops;
    if (tasks.size() == 1)
      describe_task(run, tasks.front(), result->tasks.front(), options);
    else
      run.steps = steps_by_key(result->tasks);
    return run;
  }

  void judge(const Results& results, AppendFile& output, RunSummary& summary) {
    for (const std::string& input : suite_.inputs) {
      std::vector<const Run*> runs;
      for (const Run& run : results.runs)
        if (run.key.input == input && !run.steps.is_null()) runs.push_back(&run);
      const std::size_t needed = suite_.spaces.size() * suite_.variants.size() * static_cast<std::size_t>(suite_.seeds);
      if (results.judged.contains(input) || runs.size() < needed || request_.stop()) continue;
      request_.say(input + ": timing the winners in turns");
      output.append(judge_runs(input, runs, machine_.threads()).dump());
      ++summary.judged;
    }
  }

  void check(const Results& results) const {
    for (const Run& run : results.runs)
      if (run.trials != suite_.trials || run.mode != machine_.mode() || run.cpu != machine_.target().cpu ||
          run.threads != machine_.threads() || run.suite != suite_.name)
        throw Error(Code::bad_input,
                    "{} holds runs of suite {}, {} trials, {}, {} with {} threads; this is {}, {} trials, {}, {} with "
                    "{} threads; give another --output",
                    request_.output.string(), run.suite, run.trials, run.mode, run.cpu, run.threads, suite_.name,
                    suite_.trials, machine_.mode(), machine_.target().cpu, machine_.threads());
  }
  bool live() const { return request_.replay.empty(); }

 private:
  /// Null if a task ended without a valid program.
  static nlohmann::json steps_by_key(const std::vector<search::TaskResult>& tasks) {
    nlohmann::json steps = nlohmann::json::object();
    for (const search::TaskResult& task : tasks) {
      if (task.best_steps.empty()) return nullptr;
      steps[task.workload_key] = schedule::to_json(task.best_steps);
    }
    return steps;
  }

  void describe_task(Run& run, const task::Task& task, const search::TaskResult& result,
                     const search::TuneOptions& options) const {
    run.rounds = result.rounds;
    const space::SearchSpace space(task.dag, space::hardware_of(machine_.target(), machine_.threads()), options.space);
    for (const auto& rule : space.mutations()) run.mutations.push_back(rule.name);
    if (result.best_steps.empty()) return;
    run.steps = schedule::to_json(result.best_steps);
    const auto best = schedule::State::replay(task.dag, result.best_steps);
    TW_CHECK(static_cast<bool>(best), "{}", best.message());
    run.best_sketch = space.sketch_of(*best);
  }

  const RunRequest& request_;
  const Suite& suite_;
  BenchMachine machine_;
};

}  // namespace

RunSummary run_suite(const RunRequest& request) {
  Lab lab(request);
  const Results before = read_results(request.output);
  lab.check(before);
  AppendFile output = open_results(request.output, {.say = request.say});
  const std::vector<RunKey> keys = keys_of(request.suite);
  RunSummary summary;
  summary.total = static_cast<int>(keys.size());
  for (const RunKey& key : keys) summary.before += before.has(key);
  const double start_s = now_s();
  double longest_s = 0;
  for (const RunKey& key : keys) {
    if (before.has(key)) continue;
    const double begin_s = now_s();
    if (summary.done >= request.max_runs || begin_s - start_s + longest_s > request.budget_s) break;
    const std::optional<Run> run = lab.perform(key);
    if (!run) return summary;
    output.append(to_json(*run).dump());
    longest_s = std::max(longest_s, now_s() - begin_s);
    ++summary.done;
    request.say(fmt::format("[{}/{}] {} {} {} seed {}: {:.3g} ms after {} trials, {:.1f} s",
                            summary.before + summary.done, summary.total, key.input, key.space, key.variant, key.seed,
                            1e3 * run->best_s, run->trials, run->wall_s));
  }
  if (lab.live() && now_s() - start_s < request.budget_s) lab.judge(read_results(request.output), output, summary);
  return summary;
}

void train(const RunRequest& request, std::shared_ptr<search::PolicyMemory> memory) {
  BenchMachine machine(request);
  search::Observer silent;
  for (const RunKey& key : keys_of(request.suite)) {
    const auto variant = std::find_if(request.suite.variants.begin(), request.suite.variants.end(),
                                      [&](const Variant& v) { return v.name == key.variant; });
    search::TuneOptions options = options_of(request.suite, *variant, key.space, key.seed);
    options.threads = threads_at_once(machine.threads());
    options.policy_memory = memory;
    if (!machine.search(driver::partition_of(key.input, {}).tasks, options, silent)) return;
    request.say(fmt::format("{} {} {}: {:.0f} batches seen", key.input, key.space, key.variant,
                            memory->sketches.observations()));
  }
}

}  // namespace tilewright::lab
