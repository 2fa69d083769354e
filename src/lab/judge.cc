#include "lab/judge.h"

#include <map>

#include "compile/compile_model.h"
#include "driver/model.h"
#include "driver/quantiles.h"
#include "driver/timing.h"
#include "loop/lower.h"
#include "schedule/codec.h"
#include "target/host.h"

namespace tilewright::lab {
namespace {

constexpr double kSecondsEach = 0.25;
constexpr std::size_t kMinRuns = 15;  ///< of each, however long a network takes

/// The schedule that a result file has for a task. Errors: Error(bad_input) if there is none, or of another program.
schedule::State state_of(const task::Task& task, const nlohmann::json& steps) {
  const auto misfit = [&](const std::string& why) {
    return Error(Code::bad_input, "the result file has a schedule for {} that does not fit: {}; give another --output",
                 task.description, why);
  };
  if (steps.is_object() && !steps.contains(task.key)) throw misfit("it is of other tasks");
  const auto parsed = schedule::steps_from_json(steps.is_object() ? steps.at(task.key) : steps);
  if (!parsed) throw misfit(parsed.message());
  Result<schedule::State> state = schedule::State::replay(task.dag, *parsed);
  if (!state) throw misfit(state.message());
  if (!state->is_concrete()) throw misfit("a length is not chosen");
  if (const auto program = loop::lower(*state); !program) throw misfit(program.message());
  return std::move(*state);
}

runtime::Model compile_steps(const graph::Partition& partition, const nlohmann::json& steps) {
  return compile::compile(
      partition, [&](const task::Task& task) { return state_of(task, steps); }, target::host_target());
}

}  // namespace

nlohmann::json judge_runs(const std::string& input, const std::vector<const Run*>& runs, int threads) {
  const graph::Partition partition = driver::partition_of(input, {});
  runtime::ThreadPool pool({.threads = threads, .pin_caller = true});
  std::map<std::string, std::size_t> position;
  std::vector<std::unique_ptr<runtime::Model>> models;
  std::vector<std::unique_ptr<driver::TimedModel>> timed;
  std::vector<driver::TimedModel*> turns;
  for (const Run* run : runs) {
    if (!position.try_emplace(run->steps.dump(), models.size()).second) continue;
    models.push_back(std::make_unique<runtime::Model>(compile_steps(partition, run->steps)));
    timed.push_back(std::make_unique<driver::TimedModel>(*models.back(), pool, 1));
    turns.push_back(timed.back().get());
  }
  const double seconds = kSecondsEach * static_cast<double>(turns.size());
  const auto times = driver::time_in_turns(turns, {.seconds = seconds, .min_runs = kMinRuns});
  nlohmann::json entries = nlohmann::json::array();
  for (const Run* run : runs)
    entries.push_back({{"space", run->key.space},
                       {"variant", run->key.variant},
                       {"seed", run->key.seed},
                       {"time_s", driver::quantiles(times[position.at(run->steps.dump())]).median_s}});
  return {{"judged", input}, {"times", std::move(entries)}};
}

}  // namespace tilewright::lab
