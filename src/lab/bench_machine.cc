#include "lab/bench_machine.h"

#include "cost/analytic/machine.h"
#include "driver/machine.h"
#include "target/host.h"

namespace tilewright::lab {

BenchMachine::BenchMachine(const RunRequest& request)
    : request_(request), threads_(driver::resolve_threads(request.threads)), target_(target::host_target()) {
  measuring_.target = target_;
  measuring_.threads = threads_;
  if (!request.replay.empty()) {
    recorded_ = std::make_unique<records::RecordFile>(records::read_records(request.replay));
    return;
  }
  if (!request.records.empty())
    writer_ = std::make_unique<records::RecordWriter>(request.records, Patience{.say = request.say});
}
BenchMachine::~BenchMachine() = default;

/// Made once for all searches of the same tasks: it is the dearest part of a replay.
search::Runner& BenchMachine::replay_of(const std::vector<task::Task>& tasks) {
  std::string keys;
  for (const task::Task& task : tasks) keys += task.key;
  std::unique_ptr<search::ReplayRunner>& runner = replays_[keys];
  if (!runner) {
    target::TargetSpec machine = target_;
    machine.cores = threads_;
    runner = std::make_unique<search::ReplayRunner>(tasks, recorded_->records, cost::machine_of(machine));
  }
  runner->reset_clock();
  return *runner;
}

std::optional<search::TuneResult> BenchMachine::search(const std::vector<task::Task>& tasks,
                                                       const search::TuneOptions& options, search::Observer& observer) {
  search::NetworkTuner tuner(tasks, options, target_, threads_);
  search::TuneResult result;
  if (recorded_) {
    result = tuner.run(replay_of(tasks), {}, &observer, request_.stop);
  } else {
    measure::Measurer measurer(
        measuring_);  // of its own: one that is kept knows the times of code that other runs tried
    search::MeasurerRunner runner(measurer);
    search::RecordSink sink;
    if (writer_) sink = [this](const task::Record& record) { writer_->append(record); };
    result = tuner.run(runner, sink, &observer, request_.stop);
  }
  if (result.ending == search::Ending::stopped) return std::nullopt;
  return result;
}

}  // namespace tilewright::lab
