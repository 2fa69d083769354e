#include "driver/explain.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "backend/cpu/compiler.h"
#include "base/line_reader.h"
#include "cost/analytic/bound_terms.h"
#include "driver/machine.h"
#include "driver/model.h"
#include "driver/target.h"
#include "loop/lower.h"
#include "workload/workload.h"

namespace tilewright::driver {
namespace {

/// The record in one line of a file.
task::Record record_at(const RecordPlace& place) {
  const std::string name = place.file.string();
  Result<InputFile> file = open_input(place.file);
  if (!file) throw Error(Code::bad_input, "cannot read {}: {}", name, file.message());
  LineReader lines(std::move(*file));
  LineReader::Line line;
  for (int i = 1; i <= place.line; ++i) {
    const Result<bool> found = lines.next(line);
    if (!found) throw Error(Code::bad_input, "cannot read {}: {}", name, found.message());
    if (!*found) throw Error(Code::bad_input, "{} has {} lines, no line {}", name, i - 1, place.line);
  }
  Result<task::Record> record = records::from_line(line.text);
  if (!record) throw Error(Code::bad_input, "{} line {} is no record: {}", name, place.line, record.message());
  return std::move(*record);
}

std::vector<task::Task> named_tasks() {
  std::vector<task::Task> tasks;
  for (const workload::Named& named : workload::named_workloads())
    tasks.push_back(task::make_task(workload::parse(named.name).dag, std::string(named.name)));
  return tasks;
}

/// By all algorithms, however exact.
std::vector<task::Task> all_tasks_of(const std::string& input, const graph::ImportOptions& import) {
  graph::AlgorithmOptions options;
  options.max_error = std::numeric_limits<double>::infinity();
  return compile::Algorithms(partition_of(input, import), options, 0).tasks();
}

/// The task that a record was made for.
task::Task task_of(const task::Record& record, const ExplainRequest& request) {
  const std::vector<task::Task> tasks =
      request.input.empty() ? named_tasks() : all_tasks_of(request.input, request.import);
  const auto found = std::ranges::find(tasks, record.workload_key, &task::Task::key);
  if (found != tasks.end()) return *found;
  if (request.input.empty())
    throw Error(Code::bad_input,
                "the record is of no named workload; name the workload or model that it was made for as well: "
                "tilewright explain INPUT --record {}:{}",
                request.record->file.string(), request.record->line);
  throw Error(Code::bad_input, "{} has no task with the record's key {}", request.input, record.workload_key);
}

class Explainer {
 public:
  Explainer(const target::TargetSpec& target, int threads, bool policies)
      : target_(target), compiler_(target), policies_(policies) {
    target_.cores = threads;
  }

  Explanation explain(const task::Task& task, const schedule::State& state) {
    Explanation result;
    result.task = task;
    result.steps = state.steps();
    result.printed = schedule::to_text(state);
    const Result<loop::Program> program = loop::lower(state);
    if (!program) refuse(task, program.message());
    result.program = loop::to_text(*program);
    const Result<std::string> object = compiler_.compile(*program, "kernel");
    if (!object) refuse(task, object.message());
    result.hot_loop = cpu::find_hot_loop(*object, target_);
    add_bounds(*program, result);
    if (policies_) result.policies = policy_opinions(task, state, target_, target_.cores);
    return result;
  }

 private:
  [[noreturn]] static void refuse(const task::Task& task, const std::string& why) {
    throw Error(Code::bad_input, "the schedule of {} can't be explained: {}", task.description, why);
  }

  void add_bounds(const loop::Program& program, Explanation& result) const {
    const cost::Machine machine = cost::machine_of(target_);
    const cost::BoundTerms terms = cost::bound_terms(program, machine);
    const double flops = std::max(result.task.flops, 1.0);
    result.cycles[0] = terms.compute, result.cycles[1] = terms.l1;
    for (int level = 0; level < cost::Machine::kLevels; ++level) {
      result.bytes_per_flop[level] = terms.bytes[level] / flops;
      result.cycles[2 + level] = terms.traffic[level];
    }
    result.bound = static_cast<Bound>(std::max_element(result.cycles, std::end(result.cycles)) - result.cycles);
    const double lanes = machine.unit_bytes / bytes_of(DType::f32);
    const double peak = 2 * lanes * machine.fma_per_cycle * machine.cores;  // operations a cycle
    result.expected_share_of_peak = flops / peak / std::max(cost::estimate(program, machine).cycles, 1.0);
  }

  target::TargetSpec target_;
  cpu::Compiler compiler_;
  bool policies_;
};

}  // namespace

std::string_view name_of(Bound bound) {
  constexpr std::string_view kNames[] = {"compute", "L1", "L2", "L3", "memory"};
  return kNames[static_cast<std::size_t>(bound)];
}

RecordPlace parse_record_place(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int line = 0;
  if (colon != std::string::npos && colon > 0) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, line);
    if (error != std::errc{} || stop != end) line = 0;
  }
  if (line < 1) throw Error(Code::usage, "'{}' is not a line of a record file; write it like model.jsonl:17", text);
  return {text.substr(0, colon), line};
}

std::vector<Explanation> explain(const ExplainRequest& request) {
  const target::TargetSpec target = parse_target(request.target);
  const int threads = resolve_threads(request.threads);
  Explainer explainer(target, threads, request.policies);
  if (request.record) {
    const task::Record record = record_at(*request.record);
    const task::Task task = task_of(record, request);
    const Result<schedule::State> state = schedule::State::replay(task.dag, record.steps);
    if (!state) throw Error(Code::bad_input, "the record's steps do not fit {}: {}", task.description, state.message());
    Explanation explanation = explainer.explain(task, *state);
    explanation.tuned = true;
    explanation.record = record;
    return {std::move(explanation)};
  }
  std::vector<Explanation> all;
  const compile::ScheduledNetwork network =
      schedule_network(request.input, request.import, request.schedules, target, threads);
  for (const task::Task& task : network.partition.tasks) {
    const compile::ChosenSchedule& chosen = network.of(task);
    all.push_back(explainer.explain(task, chosen.state));
    all.back().tuned = chosen.time_s.has_value();
  }
  return all;
}

}  // namespace tilewright::driver
