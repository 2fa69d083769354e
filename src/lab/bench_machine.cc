#include "lab/bench_machine.h"

#include "cost/machine.h"
#include "driver/machine.h"
#include "search/replay_runner.h"

namespace tilewright::lab {

BenchMachine::BenchMachine(const RunRequest& request)
    : request_(request), threads_(driver::resolve_threads(request.threads)), target_(codegen::Target::host()) {
  if (!request.replay.empty()) {
    recorded_ = std::make_unique<measure::RecordFile>(measure::read_records(request.replay));
    return;
  }
  measure::Measurer::Options measuring;
  measuring.target = target_;
  measuring.threads = threads_;
  measurer_ = std::make_unique<measure::Measurer>(measuring);
  if (!request.records.empty()) writer_ = std::make_unique<measure::RecordWriter>(request.records);
}
BenchMachine::~BenchMachine() = default;

std::optional<search::TuneResult> BenchMachine::search(const std::vector<measure::Task>& tasks,
                                                       const search::TuneOptions& options,
                                                       search::Observer& observer) {
  search::NetworkTuner tuner(tasks, options, target_, threads_);
  search::TuneResult result;
  if (recorded_) {
    codegen::Target machine = target_;
    machine.cores = threads_;
    search::ReplayRunner runner(tasks, recorded_->records, cost::machine_of(machine));
    result = tuner.run(runner, {}, &observer, request_.stop);
  } else {
    search::MeasurerRunner runner(*measurer_);
    search::RecordSink sink;
    if (writer_) sink = [this](const measure::Record& record) { writer_->append(record); };
    result = tuner.run(runner, sink, &observer, request_.stop);
  }
  if (result.ending == search::Ending::stopped) return std::nullopt;
  return result;
}

}  // namespace tilewright::lab
